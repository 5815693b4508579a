package lib.measure;

import java.util.List;
import lib.audio.AudioClip;
import lib.audio.Clips;
import lib.cli.Home;
import lib.engine.ModelStore;
import picocli.CommandLine.Option;

/** The options of the commands that measure one model on one clip. */
public final class OneClipOptions {
    @Option(names = "--model", paramLabel = "MODEL", defaultValue = ModelStore.DEFAULT,
            description = "base-q5_1 or tiny.en-q5_1, which are here; base, small or medium, which are downloaded "
                    + "(0.1, 0.5, 1.5 GB); or the path of a ggml file. "
                    + "Default: ${DEFAULT-VALUE}.")
    String model;

    @Option(names = "--clip", paramLabel = "CLIP", defaultValue = Clips.DEFAULT,
            description = "A clip of audio/README.md (lj-8s, jfk, mixed-22s … mixed-816s), or the path of an "
                    + "audio file; "
                    + "its transcript may lie beside it as .txt. "
                    + "Default: ${DEFAULT-VALUE} (11 s of speech).")
    String clip;

    public List<String> models() {
        return List.of(model);
    }

    public List<AudioClip> clips() {
        return List.of(Clips.open(Home.find()).find(clip));
    }
}
