package tests.commands;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.StreamSupport;
import lib.results.Json;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DoctorTest {
    @TempDir
    Path folder;

    private static JsonNode finding(Shell.Outcome o, String what) throws IOException {
        JsonNode all = Json.MAPPER.readTree(o.out());
        return StreamSupport.stream(all.spliterator(), false).filter(f -> f.get("what").asText().strip().equals(what))
                .findFirst().orElseThrow(() -> new AssertionError("no finding about " + what + " in " + o));
    }

    @Test
    void aMachineThatCanMeasureGetsExitZeroAndTheKindOfLimitThatAutoTakes() throws IOException {
        Shell.Outcome o = new Shell(folder).run("doctor", "--json");
        assertEquals(0, o.exit(), o.toString());
        assertTrue(finding(o, "CPU limit").get("found").asText().startsWith("auto takes "), o.toString());
        assertEquals("OK", finding(o, "libgomp").get("state").asText());
    }

    @Test
    void whatIsMissingComesWithTheCommandThatMendsIt() {
        Map<String, String> noDocker = Map.of("DOCKER_HOST", "unix:///nonexistent/docker.sock");
        Shell.Outcome o = new Shell(folder, noDocker).run("doctor");
        assertEquals(0, o.exit(), o.toString());
        assertTrue(o.out().contains("  docker         no Docker engine answers at unix:///nonexistent/docker.sock"),
                o.out());
        assertTrue(o.out().contains("-> install and start Docker"), o.out());
        assertFalse(o.out().contains("--isolation"), "advice for another command: " + o.out());
    }
}
