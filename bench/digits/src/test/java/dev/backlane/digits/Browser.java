package dev.backlane.digits;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.WebSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** A page in a headless Chromium, driven by its DevTools protocol. */
final class Browser implements AutoCloseable {
    private static final List<String> NAMES =
            List.of("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chromium-headless-shell");
    private static final Pattern LISTENING = Pattern.compile("DevTools listening on ws://([^/]+)/.*");
    private static final int SECONDS = 30;

    private final Process process;
    private final HttpClient client;
    private final WebSocket socket;
    private final Map<Integer, CompletableFuture<JsonObject>> calls = new ConcurrentHashMap<>();
    private final List<JsonObject> events = Collections.synchronizedList(new ArrayList<>());
    private int lastCall;

    private Browser(Process process, HttpClient client, URI page) throws Exception {
        this.process = process;
        this.client = client;
        socket = client.newWebSocketBuilder().buildAsync(page, new Listener()).get(SECONDS, TimeUnit.SECONDS);
        for (String domain : List.of("Page", "Runtime", "Log", "Network")) {
            call(domain + ".enable", new JsonObject());
        }
    }

    /** Where one is installed, if it is. */
    static Optional<Path> executable() {
        return Stream.of(System.getenv().getOrDefault("PATH", "").split(File.pathSeparator, -1))
                .flatMap(folder -> NAMES.stream().map(name -> Path.of(folder, name)))
                .filter(Files::isExecutable)
                .findFirst();
    }

    /** Starts one with a profile of its own. */
    static Browser open(Path executable, Path profile) throws Exception {
        ProcessBuilder builder = new ProcessBuilder(
                executable.toString(),
                "--headless",
                // As root, as in a container, there is no sandbox.
                "--no-sandbox",
                "--disable-gpu",
                "--disable-dev-shm-usage",
                "--disable-background-networking",
                "--no-first-run",
                "--window-size=1280,1600",
                "--remote-debugging-port=0",
                "--user-data-dir=" + profile,
                "about:blank");
        builder.environment().put("TMPDIR", profile.toString());
        Process process = builder.start();
        try {
            String address = address(process.errorReader());
            HttpClient client = HttpClient.newHttpClient();
            HttpRequest list = HttpRequest.newBuilder(URI.create("http://" + address + "/json/list"))
                    .build();
            JsonArray targets = JsonParser.parseString(client.send(list, HttpResponse.BodyHandlers.ofString())
                            .body())
                    .getAsJsonArray();
            String page = targets.asList().stream()
                    .map(JsonElement::getAsJsonObject)
                    .filter(target -> target.get("type").getAsString().equals("page"))
                    .findFirst()
                    .orElseThrow()
                    .get("webSocketDebuggerUrl")
                    .getAsString();
            return new Browser(process, client, URI.create(page));
        } catch (Exception e) {
            end(process);
            throw e;
        }
    }

    private static String address(BufferedReader lines) throws IOException {
        StringBuilder seen = new StringBuilder();
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
            Matcher listening = LISTENING.matcher(line);
            if (listening.matches()) {
                // Whatever else it says must not fill the pipe.
                Thread.ofPlatform().daemon().start(() -> lines.lines().forEach(rest -> {}));
                return listening.group(1);
            }
            seen.append(line).append('\n');
        }
        throw new IOException("Chromium ended:\n" + seen);
    }

    private final class Listener implements WebSocket.Listener {
        private final StringBuilder message = new StringBuilder();

        @Override
        public CompletionStage<?> onText(WebSocket from, CharSequence part, boolean last) {
            message.append(part);
            if (last) {
                JsonObject json = JsonParser.parseString(message.toString()).getAsJsonObject();
                message.setLength(0);
                if (json.has("id")) {
                    calls.remove(json.get("id").getAsInt()).complete(json);
                } else {
                    events.add(json);
                }
            }
            from.request(1);
            return null;
        }
    }

    JsonObject call(String method, JsonObject parameters) throws Exception {
        JsonObject message = new JsonObject();
        message.addProperty("id", ++lastCall);
        message.addProperty("method", method);
        message.add("params", parameters);
        CompletableFuture<JsonObject> answer = new CompletableFuture<>();
        calls.put(lastCall, answer);
        socket.sendText(message.toString(), true).get(SECONDS, TimeUnit.SECONDS);
        JsonObject json = answer.get(SECONDS, TimeUnit.SECONDS);
        if (json.has("error")) {
            throw new AssertionError(method + ": " + json);
        }
        return json.getAsJsonObject("result");
    }

    JsonObject call(String method, String key, String value) throws Exception {
        JsonObject parameters = new JsonObject();
        parameters.addProperty(key, value);
        return call(method, parameters);
    }

    /** Goes to a page and waits until it is loaded. */
    void load(Path file) throws Exception {
        call("Page.navigate", "url", file.toUri().toString());
        long begin = System.nanoTime();
        while (events("Page.loadEventFired").isEmpty()) {
            if (System.nanoTime() - begin > TimeUnit.SECONDS.toNanos(SECONDS)) {
                throw new AssertionError("the page does not load: " + events);
            }
            Thread.sleep(20);
        }
    }

    /** What an expression of JavaScript gives. */
    JsonElement evaluate(String expression) throws Exception {
        JsonObject parameters = new JsonObject();
        parameters.addProperty("expression", expression);
        parameters.addProperty("returnByValue", true);
        parameters.addProperty("awaitPromise", true);
        JsonObject result = call("Runtime.evaluate", parameters);
        if (result.has("exceptionDetails")) {
            throw new AssertionError(expression + ": " + result);
        }
        return result.getAsJsonObject("result").get("value");
    }

    String text(String expression) throws Exception {
        return evaluate(expression).getAsString();
    }

    int number(String expression) throws Exception {
        return evaluate(expression).getAsInt();
    }

    /** Presses and lets go a key. */
    void press(String key, int code) throws Exception {
        for (String type : List.of("rawKeyDown", "keyUp")) {
            JsonObject parameters = new JsonObject();
            parameters.addProperty("type", type);
            parameters.addProperty("key", key);
            parameters.addProperty("code", key);
            parameters.addProperty("windowsVirtualKeyCode", code);
            call("Input.dispatchKeyEvent", parameters);
        }
    }

    void colours(String scheme) throws Exception {
        JsonObject feature = new JsonObject();
        feature.addProperty("name", "prefers-color-scheme");
        feature.addProperty("value", scheme);
        JsonArray features = new JsonArray();
        features.add(feature);
        JsonObject parameters = new JsonObject();
        parameters.add("features", features);
        call("Emulation.setEmulatedMedia", parameters);
    }

    List<JsonObject> events(String method) {
        synchronized (events) {
            return events.stream()
                    .filter(event -> event.get("method").getAsString().equals(method))
                    .map(event -> event.getAsJsonObject("params"))
                    .toList();
        }
    }

    /** When it returns, no process of it writes into its profile any more. */
    @Override
    public void close() {
        socket.abort();
        client.close();
        end(process);
    }

    private static void end(Process process) {
        List<ProcessHandle> all = Stream.concat(process.descendants(), Stream.of(process.toHandle()))
                .toList();
        all.forEach(ProcessHandle::destroyForcibly);
        all.forEach(one -> one.onExit().orTimeout(SECONDS, TimeUnit.SECONDS).join());
    }
}
