package dev.backlane.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.backlane.bench.peer.Peer;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Real forks, as short as they can be. */
class RoundsTest {
    private static final List<String> SMALL = List.of("--add-modules=jdk.incubator.vector", "-Xmx256m");

    @TempDir
    Path directory;

    @Test
    void forksArePutTogetherAndFailuresNamed() throws IOException {
        Map<String, Peer> peers = new LinkedHashMap<>();
        peers.put("backlane", null);
        peers.put("nobody", null);
        Rounds rounds = new Rounds(
                Size.SMOKE, 2, SMALL, new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8));
        rounds.run(new Plan(Size.SMOKE, Set.of("sgemm"), List.of(1), peers));
        assertEquals(Set.of("sgemm NN:64x128x784 1 nobody"), rounds.failures().keySet());
        String reason = rounds.failures().values().iterator().next();
        assertTrue(reason.contains("not in this build"), reason);

        Path file = directory.resolve("results.json");
        rounds.write(file);
        JsonArray results = JsonParser.parseString(Files.readString(file)).getAsJsonArray();
        assertEquals(1, results.size());
        JsonObject one = results.get(0).getAsJsonObject();
        assertEquals(2, one.get("forks").getAsInt());
        assertEquals(
                2,
                one.getAsJsonObject("primaryMetric").getAsJsonArray("rawData").size());
        assertEquals("backlane", one.getAsJsonObject("params").get("peer").getAsString());
    }
}
