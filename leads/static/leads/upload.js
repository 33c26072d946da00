// A form with a file: dropped or chosen, checked for its size, sent with a bar. Without this the
// form works as any other. What the server finds is said in place, and the file stays chosen.
"use strict";
document.addEventListener("DOMContentLoaded", () => {
    for (const zone of document.querySelectorAll("[data-drop]")) uploads(zone);
});

function uploads(zone) {
    const form = zone.closest("form");
    const input = zone.querySelector("input[type=file]");
    const words = JSON.parse(zone.dataset.words);
    const part = (name) => zone.querySelector(`[data-drop-${name}]`);
    const going = part("going"), bar = part("bar"), error = part("error"), status = part("status");
    let sending = null, refused = false;

    const fill = (text, values) => text.replace(/\{(\w+)\}/g, (all, name) => values[name] ?? all);
    const size = (bytes) => {
        const mega = bytes >= 1e6;
        const number = new Intl.NumberFormat(document.documentElement.lang, {
            style: "unit", unit: mega ? "megabyte" : "kilobyte", maximumFractionDigits: mega ? 1 : 0,
        });
        return number.format(bytes / (mega ? 1048576 : 1024));
    };
    const say = (...lines) => {
        error.replaceChildren(...lines.map((line) => {
            const paragraph = document.createElement("p");
            paragraph.append(line);
            return paragraph;
        }));
        if (lines.length) error.focus();
    };

    // What is chosen or dropped.
    const fits = (file) => {
        const most = Number(zone.dataset.most);
        if (file.size <= most) return true;
        say(fill(words.large, { name: file.name, size: size(file.size), most: size(most) }));
        return false;
    };
    const take = (files, entries) => {
        say();
        status.textContent = "";
        if (entries.some((entry) => entry && entry.isDirectory)) say(words.folder);
        else if (files.length > 1) say(fill(words.several, { number: files.length }));
        else if (!files.length) say(words.none);
        else if (fits(files[0])) input.files = files;
    };
    const carries = (event) => Array.from(event.dataTransfer?.types ?? []).includes("Files");

    part("lead").hidden = false;
    input.addEventListener("change", () => {
        say();
        status.textContent = "";
        if (input.files.length && !fits(input.files[0])) input.value = "";
    });
    zone.addEventListener("click", (event) => {
        if (!sending && !event.target.closest("input, button, a, [data-drop-error]")) input.click();
    });
    zone.addEventListener("drop", (event) => {
        event.preventDefault();
        zone.removeAttribute("data-over");
        if (sending) return;
        const items = Array.from(event.dataTransfer.items ?? []);
        take(event.dataTransfer.files, items.map((item) => item.webkitGetAsEntry?.()));
    });
    for (const name of ["dragenter", "dragover"]) {
        zone.addEventListener(name, (event) => {
            event.preventDefault();
            zone.toggleAttribute("data-over", !sending);
        });
    }
    zone.addEventListener("dragleave", (event) => {
        if (!zone.contains(event.relatedTarget)) zone.removeAttribute("data-over");
    });
    // Beside the box a browser would leave the page and open the file.
    for (const name of ["dragover", "drop"]) {
        document.addEventListener(name, (event) => carries(event) && event.preventDefault());
    }

    // How it is sent.
    const shown = (on) => {
        going.hidden = !on;
        input.disabled = on;
        for (const each of form.elements) if (each.type === "submit") each.disabled = on;
    };
    const ended = (...lines) => {
        sending = null;
        shown(false);
        status.textContent = "";
        say(...lines);
    };
    const progressed = (event) => {
        if (!event.lengthComputable) return;
        bar.max = event.total;
        bar.value = event.loaded;
        const percent = Math.floor((100 * event.loaded) / event.total);
        const values = { done: size(event.loaded), all: size(event.total), percent };
        part("done").textContent = fill(words.progress, values);
    };
    const looked = () => {
        bar.removeAttribute("value");
        part("done").textContent = "";
        status.textContent = words.looks;
    };
    const wrong = (errors) => {
        ended(...errors.map((one) => (one.label && one.name !== input.name ? `${one.label}: ${one.text}` : one.text)));
        for (const field of form.querySelectorAll("[aria-invalid]")) field.removeAttribute("aria-invalid");
        for (const one of errors) form.elements[one.name]?.setAttribute?.("aria-invalid", "true");
    };
    const answered = (request) => {
        let answer = null;
        try {
            answer = JSON.parse(request.responseText);
        } catch {
            // What stands before the portal answers in HTML.
        }
        refused = request.status === 401 || request.status === 403;
        if (answer?.next) window.location.assign(answer.next);
        else if (answer?.errors) wrong(answer.errors);
        else if (request.status === 401) {
            const link = document.createElement("a");
            link.href = answer?.login ?? window.location.href;
            link.target = "_blank";
            link.className = "text-link";
            link.textContent = words.signin;
            ended(words.session, link);
        } else if (request.status === 403) ended(words.forbidden);
        else if (request.status === 413) ended(words.proxy);
        else ended(fill(words.failed, { status: request.status }));
    };
    // Whoever signs in anew has another token than this page.
    const renewed = async () => {
        const answer = await fetch(window.location.href, { credentials: "same-origin" });
        const page = new DOMParser().parseFromString(await answer.text(), "text/html");
        const token = page.querySelector(`#${form.id} [name=csrfmiddlewaretoken]`);
        if (token) form.elements.csrfmiddlewaretoken.value = token.value;
    };
    const send = (submitter) => {
        const data = new FormData(form);
        if (submitter?.name) data.append(submitter.name, submitter.value);
        const request = new XMLHttpRequest();
        request.open("POST", window.location.pathname + window.location.search);
        request.setRequestHeader("Accept", "application/json");
        request.upload.addEventListener("progress", progressed);
        request.upload.addEventListener("load", looked);
        request.addEventListener("load", () => answered(request));
        request.addEventListener("error", () => ended(words.broken));
        request.addEventListener("abort", () => {
            ended();
            status.textContent = words.cancelled;
            input.focus();
        });
        sending = request;
        say();
        status.textContent = fill(words.begins, { name: input.files[0].name });
        bar.value = 0;
        shown(true);
        request.send(data);
    };

    part("cancel").addEventListener("click", () => sending?.abort());
    form.addEventListener("submit", async (event) => {
        if (!input.files.length) return;
        event.preventDefault();
        if (sending || !fits(input.files[0])) return;
        if (refused) await renewed().catch(() => {});
        send(event.submitter);
    });
}
