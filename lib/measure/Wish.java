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
 * @param soak repetitions on one worker that show whether memory grows; 0 for none
 * @param refused files that can't be measured, each with the sentence why
 */
public record Wish(Plan.Question question, List<String> models, List<AudioClip> clips, Double mostClipSeconds,
        List<Setting> settings, int soak, List<String> refused) {

    /** Without clips that are too long or can't be used, and without a soak. */
    public Wish(Plan.Question question, List<String> models, List<AudioClip> clips, List<Setting> settings) {
        this(question, models, clips, null, settings, 0, List.of());
    }

    /** See {@link Plan.Point}. */
    public record Setting(double cores, int threads, int instances, String waitPolicy) {
        public Setting(double cores, int threads) {
            this(cores, threads, 1, null);
        }
    }
}
