// Charts follow the theme: Unfold draws them once, and here their colours are taken again from the
// CSS variables whenever the theme is switched.
"use strict";

(() => {
  const recolour = () => {
    const style = getComputedStyle(document.documentElement);
    const value = (name) => style.getPropertyValue(name).trim();
    for (const canvas of document.querySelectorAll("canvas.chart")) {
      const chart = Chart.getChart(canvas);
      if (!chart) continue;
      const text = getComputedStyle(canvas).color;
      for (const dataset of chart.data.datasets) {
        if (!dataset.colour) continue;
        dataset.backgroundColor = value(dataset.colour);
        dataset.borderColor = chart.config.type === "line" ? dataset.backgroundColor : value("--chart-gap");
      }
      for (const scale of Object.values(chart.options.scales)) {
        scale.ticks.color = text;
        scale.title.color = text;
        scale.grid.color = value("--chart-grid");
        scale.border.color = value("--chart-grid");
      }
      chart.options.plugins.legend.labels.color = text;
      chart.update("none");
    }
  };
  window.addEventListener("load", () => {
    recolour();
    // After Unfold's own listener, which has its own colours for the grid.
    new MutationObserver(() => setTimeout(recolour)).observe(document.documentElement, {
      attributes: true,
      attributeFilter: ["class"],
    });
  });
})();
