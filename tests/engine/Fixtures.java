package tests.engine;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import lib.audio.Clips;
import lib.cli.Home;
import lib.engine.EngineFailure;
import lib.engine.EngineSpec;
import lib.engine.ModelFile;
import lib.engine.WorkerClient;
import lib.host.CpuLimit;
import lib.host.CpuLimits;

/** The real parts that this room's tests share. */
final class Fixtures {
    static final Path BASE = Path.of("models", "ggml-base-q5_1.bin");
    static final Path TINY_ENGLISH = Path.of("models", "ggml-tiny.en-q5_1.bin");
    private static final Duration START_TIMEOUT = Duration.ofSeconds(60);

    private Fixtures() {
    }

    static Path jfk() {
        Clips clips = Clips.open(Home.find());
        return clips.prepare(clips.find("jfk")).wav();
    }

    static WorkerClient worker(String engine, ModelFile model) throws EngineFailure {
        CpuLimit none = CpuLimits.choose("none", null).limit();
        return WorkerClient.start(none, 2, EngineSpec.parse(engine), model, List.of(jfk()), Map.of(), START_TIMEOUT);
    }
}
