// The review desk by keyboard: each key presses the button that carries it as data-key.
"use strict";
(() => {
    const desk = document.getElementById("desk");
    const help = document.getElementById("desk-help");
    const region = document.getElementById("desk-said");
    if (!desk || !help || !region) return;
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
        const details = button.tagName === "SUMMARY" && button.parentElement;
        if (details && details.open && details.matches(".desk-edit")) {
            opened(details); // it is open already: that is where one wants to type
            return true;
        }
        const comment = desk.querySelector("[data-needed]");
        if (key === "a" && comment && !comment.value.trim()) {
            comment.focus();
        } else {
            button.click();
            if (details) opened(details);
        }
        return true;
    };

    const opened = (details) => {
        if (!details.open) return;
        const first = details.querySelector(".desk-flagged input, input, textarea, button");
        if (first) first.focus();
    };

    // What is typed and not saved is not left behind without a word.
    const unsaved = () =>
        [...desk.querySelectorAll(".desk-fields input, .desk-fields textarea, [data-comment]")].some(
            (field) => field.value !== field.defaultValue || "typed" in field.dataset,
        );

    let warned = false;

    const say = (text) => {
        const line = document.createElement("p");
        line.className = "desk-error";
        line.textContent = text;
        region.replaceChildren(line);
    };

    desk.addEventListener("click", (event) => {
        if (event.target.closest("a[rel=next], a[rel=prev]") && unsaved() && !warned) {
            event.preventDefault();
            warned = true; // whoever presses again means it
            say(desk.dataset.unsaved);
        }
    });

    document.addEventListener("keydown", (event) => {
        // A key that is held would decide leads that nobody has seen.
        if (event.repeat && !typing(event.target)) return;
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

    // The heading of the next lead is where one goes on. What was decided is announced after it, in
    // a region that stays: one that comes with the answer may be passed over.
    desk.addEventListener("htmx:afterSwap", () => {
        warned = false;
        const heading = desk.querySelector("[data-heading]");
        if (heading) heading.focus({ preventScroll: true });
        window.scrollTo({ top: 0 });
        const says = desk.querySelector("[data-says]");
        region.replaceChildren(...(says ? says.children : []));
        if (says) says.remove();
    });
    desk.addEventListener("htmx:responseError", () => window.location.reload());
    desk.addEventListener("htmx:sendError", () => {
        say(desk.dataset.offline);
    });

    // The next lead's page goes on where the keyboard was: at its heading.
    if (/[?&]after=/.test(window.location.search)) desk.querySelector("[data-heading]")?.focus();

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
