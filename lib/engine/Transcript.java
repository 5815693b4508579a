package lib.engine;

import java.util.List;

/**
 * What an engine heard.
 *
 * @param text all segments in order, without leading or trailing blanks; empty for silence
 * @param tokens that the decoder put out, about: those of the text and two timestamps a segment; null if not known
 */
public record Transcript(String text, List<Segment> segments, Integer tokens) {

    /** A stretch of the clip, in seconds from its start. */
    public record Segment(double startSeconds, double endSeconds, String text) {
    }
}
