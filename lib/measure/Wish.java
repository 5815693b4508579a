package lib.measure;

import java.util.List;
import lib.audio.AudioClip;
import lib.results.Plan;

/**
 * What a command wants to have measured, before it is known what this machine can do: every model on every clip in
 * every setting, under every kind of limit that was asked for.
 *
 * @param models names or paths; not looked at for an engine without models
 * @param mostClipSeconds longer clips are listed as skipped; null for no bound
 */
public record Wish(Plan.Question question, List<String> models, List<AudioClip> clips, Double mostClipSeconds,
        List<Setting> settings) {

    /** See {@link Plan.Point}. */
    public record Setting(double cores, int threads, int instances, String waitPolicy) {
        public Setting(double cores, int threads) {
            this(cores, threads, 1, null);
        }
    }
}
