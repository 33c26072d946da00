// The review desk by keyboard: each key presses the button that carries it as data-key.
"use strict";
(() => {
    const desk = document.getElementById("desk");
    const help = document.getElementById("desk-help");
    if (!desk || !help) return;
    const RENEW = 4 * 60 * 1000; // well before a claim lapses

    const typing = (element) => element.matches("input:not([type=radio]), textarea, select");

    const press = (key) => {
        if (/^[1-9]$/.test(key)) {
            const reason = desk.querySelector(`.desk-reject[open] [data-reason="${key}"]`);
            if (reason) reason.click();
            return Boolean(reason);
        }
        const button = desk.querySelector(`[data-key="${key}"]`);
        if (!button) return false;
        const comment = desk.querySelector("[data-needed]");
        if (key === "a" && comment && !comment.value.trim()) {
            comment.focus();
        } else {
            button.click();
            if (button.tagName === "SUMMARY") opened(button.parentElement);
        }
        return true;
    };

    const opened = (details) => {
        if (!details.open) return;
        const first = details.querySelector(".desk-flagged input, input, textarea, button");
        if (first) first.focus();
    };

    document.addEventListener("keydown", (event) => {
        if (event.ctrlKey || event.metaKey || event.altKey || help.open) return;
        if (typing(event.target)) {
            if (event.key === "Escape") event.target.blur();
            // Enter in the comment takes what the first button offers, not the form's own first.
            if (event.key === "Enter" && event.target.matches("[data-comment]")) {
                event.preventDefault();
                const main = desk.querySelector('[data-key="a"], [data-key="d"]');
                if (main && event.target.value.trim()) main.click();
            }
            return;
        }
        if (event.key === "?") {
            help.showModal();
            event.preventDefault();
        } else if (event.key === "c") {
            const comment = desk.querySelector("[data-comment]");
            if (comment) {
                comment.focus();
                event.preventDefault();
            }
        } else if (press(event.key)) {
            event.preventDefault();
        }
    });

    desk.addEventListener("click", (event) => {
        if (event.target.closest("[data-help]")) help.showModal();
    });

    // What was decided is announced; then the heading of the next lead is where one goes on.
    desk.addEventListener("htmx:afterSwap", () => {
        const heading = desk.querySelector("[data-heading]");
        if (heading) heading.focus({ preventScroll: true });
        window.scrollTo({ top: 0 });
    });
    desk.addEventListener("htmx:responseError", () => window.location.reload());
    desk.addEventListener("htmx:sendError", () => {
        const said = desk.querySelector(".desk-said");
        const line = document.createElement("p");
        line.className = "desk-error";
        line.textContent = desk.dataset.offline;
        said.replaceChildren(line);
    });

    setInterval(() => {
        const form = desk.querySelector("form[data-lead]");
        if (!form || document.hidden) return;
        const body = new URLSearchParams({
            lead: form.dataset.lead,
            csrfmiddlewaretoken: form.elements.csrfmiddlewaretoken.value,
        });
        fetch(desk.dataset.claim, { method: "POST", body }).catch(() => {});
    }, RENEW);
})();
