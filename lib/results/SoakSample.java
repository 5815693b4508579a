package lib.results;

import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import java.time.Instant;

/**
 * One row of {@code soak.csv}: one repetition of a clip on a worker that is never replaced. Null means not measured.
 *
 * @param repetition from 1
 * @param rssBytes resident set after this repetition
 * @param peakRssBytes highest during it
 * @param heapBytes highest Java heap during it
 */
@JsonPropertyOrder({"repetition", "model", "clip", "startedAt", "wallSeconds", "rssBytes", "peakRssBytes", "heapBytes",
        "status", "error"})
public record SoakSample(int repetition, String model, String clip, Instant startedAt, Double wallSeconds,
        Long rssBytes, Long peakRssBytes, Long heapBytes, RunStatus status, String error) {
}
