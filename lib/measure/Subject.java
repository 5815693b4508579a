package lib.measure;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import lib.audio.AudioClip;
import lib.audio.PreparedClip;
import lib.cli.UserError;
import lib.engine.EngineSpec;
import lib.engine.ModelFile;
import lib.host.CpuLimits;

/**
 * The real things behind the names in a plan, found and checked: engine, model files, clips as the engine hears them,
 * CPU limits that work here.
 *
 * @param models by name, in the order asked for; empty for an engine without one
 * @param clips by name
 * @param limits by the label of their kind
 */
record Subject(EngineSpec engine, Map<String, ModelFile> models, Map<String, Clip> clips,
        Map<String, CpuLimits.Choice> limits) {

    /**
     * @param clip with the language that it is transcribed in
     */
    record Clip(AudioClip clip, PreparedClip audio) {
    }

    static Subject of(EngineSpec engine, List<ModelFile> models, List<Clip> clips, List<CpuLimits.Choice> limits) {
        return new Subject(engine, byName(models, ModelFile::name), byName(clips, c -> c.clip().name()),
                byName(limits, c -> c.limit().isolation().label()));
    }

    private static <T> Map<String, T> byName(List<T> things, Function<T, String> name) {
        Map<String, T> map = new LinkedHashMap<>();
        for (T thing : things) {
            if (map.put(name.apply(thing), thing) != null) {
                throw new UserError("There are two files for the name " + name.apply(thing) + "; rename one");
            }
        }
        return map;
    }

    /** Null for an engine without models. */
    ModelFile model(String name) {
        return name == null ? null : models.get(name);
    }

    Clip clip(String name) {
        return clips.get(name);
    }

    CpuLimits.Choice limit(String isolation) {
        return limits.get(isolation);
    }

    /** All that a worker may be asked to read. */
    List<Path> wavs() {
        return clips.values().stream().map(c -> c.audio().wav()).toList();
    }

    Optional<String> refusal(String isolation, double cores, int instances) {
        Optional<String> one = limit(isolation).limit().refusal(cores);
        return one.isPresent() ? one : limit(isolation).limit().refusal(cores * instances);
    }
}
