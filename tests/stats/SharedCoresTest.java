package tests.stats;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import lib.stats.SharedCores;
import lib.stats.SharedCores.Batch;
import lib.stats.SharedCores.Code;
import lib.stats.SharedCores.Split;
import org.junit.jupiter.api.Test;

class SharedCoresTest {
    private static final double AUDIO_SECONDS = 11;

    /** Six batches around the seconds, all instances ending together. */
    private static Split split(int instances, int threads, double seconds, double spread) {
        List<Batch> batches = new ArrayList<>();
        for (double factor : new double[] {1 - spread, 1 - spread / 2, 1, 1, 1 + spread / 2, 1 + spread}) {
            double[] latencies = new double[instances];
            Arrays.fill(latencies, seconds * factor * 0.98);
            batches.add(new Batch(seconds * factor, latencies));
        }
        return new Split(instances, threads, AUDIO_SECONDS, batches, instances * 300_000_000L, true);
    }

    private static Split invalid(Split s) {
        return new Split(s.instances(), s.threads(), s.audioSeconds(), s.batches(), s.totalPeakRssBytes(), false);
    }

    private static SharedCores judge(int budget, Split... splits) {
        return SharedCores.of(budget, List.of(splits), 1);
    }

    private static void assertSays(String part, SharedCores verdict) {
        assertTrue(verdict.sentences().stream().anyMatch(s -> s.contains(part)), part + " in " + verdict.sentences());
    }

    @Test
    void audioHoursPerCoreHourCountAllInstancesAndAllCores() {
        // 8 clips of 11 s in 22 s on 8 cores: 88 / 176
        SharedCores verdict = judge(8, split(8, 1, 22, 0.01), split(1, 8, 11, 0.01));
        assertEquals(0.5, verdict.splits().get(0).audioHoursPerCoreHour().value(), 1e-9);
        assertEquals(0.125, verdict.splits().get(1).audioHoursPerCoreHour().value(), 1e-9);
        assertEquals(48, verdict.splits().get(0).requests());
        assertEquals(22 * 1.01 * 0.98, verdict.splits().get(0).maxLatencySeconds(), 1e-9);
    }

    @Test
    void manySmallWinThroughputAndOneLargeAnswersSoonest() {
        SharedCores verdict = judge(8, split(8, 1, 20, 0.01), split(4, 2, 12, 0.01), split(2, 4, 8, 0.01),
                split(1, 8, 6, 0.01));
        assertEquals("8×1", verdict.mostThroughput().name());
        assertEquals("1×8", verdict.lowestLatency().name());
        assertEquals(Code.MANY_SMALL, verdict.answer().code());
        assertEquals("many-small", verdict.answer().code().code());
        // 8 clips in 20 s against 1 in 6 s
        String english = verdict.answer().english();
        assertTrue(english.startsWith("Many weak cores or few strong cores, second half (many requests at once)? Many "
                + "small instances: at 8 cores, 8×1 yields 2.40 (95 %: "), english);
        assertTrue(english.contains("1×8 answers a request soonest, p50 5.880 s against 19.600 s"), english);
        assertTrue(english.contains("The first half"), english);
        String vietnamese = verdict.answer().vietnamese();
        assertTrue(vietnamese.startsWith("Nhiều cores yếu hay ít cores mạnh, nửa thứ hai (nhiều yêu cầu cùng lúc)? "
                + "Nhiều instance nhỏ: với 8 cores, 8×1 xử lý lượng âm thanh trên mỗi core-giờ bằng 2,40 (95 %: "),
                vietnamese);
        assertTrue(vietnamese.contains("p50 5,880 s so với 19,600 s"), vietnamese);
        assertTrue(vietnamese.contains("Nửa thứ nhất"), vietnamese);
        assertSays("Most throughput: 8×1; 4×2 takes 1.20 (95 %: ", verdict);
        assertSays("Lowest latency of a request: 1×8; 8×1 takes 3.33 (95 %: ", verdict);
        assertSays("Least memory: 1×8 with 300 MB; most: 8×1 with 2400 MB.", verdict);
    }

    @Test
    void oneLargeOrTheMiddleMayWinToo() {
        SharedCores large = judge(2, split(2, 1, 10, 0.01), split(1, 2, 4, 0.01));
        assertEquals(Code.FEW_LARGE, large.answer().code());
        assertTrue(large.answer().english().contains("it answers a request soonest too"), large.answer().english());
        SharedCores middle = judge(4, split(4, 1, 20, 0.01), split(2, 2, 8, 0.01), split(1, 4, 6, 0.01));
        assertEquals(Code.IN_BETWEEN, middle.answer().code());
        assertTrue(middle.answer().english().contains(" of 4×1 and "), middle.answer().english());
    }

    @Test
    void whatCannotBeToldApartIsUndecidedAndSaysHowManyRunsWouldDecide() {
        SharedCores verdict = judge(2, split(2, 1, 10, 0.1), split(1, 2, 5.2, 0.1));
        assertNull(verdict.mostThroughput());
        assertEquals("1×2", verdict.lowestLatency().name());
        assertEquals(Code.UNDECIDED, verdict.answer().code());
        assertSays("Most throughput: undecided between 2×1 and 1×2; 1×2 takes 1.04 (95 %: ", verdict);
        String sentences = verdict.sentences().toString();
        assertTrue(sentences.matches(".* about \\d+ more runs of each would decide.*"), sentences);
        assertTrue(verdict.answer().vietnamese().contains("chưa phân biệt được thông lượng của 2×1 và 1×2"),
                verdict.answer().vietnamese());
    }

    @Test
    void equalTimesWithoutNoiseAreUndecidedToo() {
        SharedCores verdict = judge(2, split(2, 1, 10, 0), split(1, 2, 5, 0));
        assertEquals(Code.UNDECIDED, verdict.answer().code());
        assertSays("which can't be told apart", verdict);
    }

    @Test
    void fiveBatchesDecideNothing() {
        Split two = split(2, 1, 10, 0);
        Split few = new Split(2, 1, AUDIO_SECONDS, two.batches().subList(0, 5), null, true);
        SharedCores verdict = judge(2, few, split(1, 2, 50, 0));
        assertEquals(Code.UNDECIDED, verdict.answer().code());
        assertNull(verdict.mostThroughput());
        assertNull(verdict.lowestLatency());
        assertSays("1 more run would give one", verdict);
    }

    @Test
    void requestsOfOneBatchAreNoIndependentRuns() {
        // 8 instances in one batch share its luck: 8 latencies of a single batch bear no interval
        Split one = new Split(8, 1, AUDIO_SECONDS, split(8, 1, 20, 0).batches().subList(0, 1), null, true);
        SharedCores verdict = judge(8, one, split(1, 8, 6, 0));
        assertNull(verdict.splits().get(0).latencySeconds().low());
        assertNull(verdict.lowestLatency());
    }

    @Test
    void invalidAndMissingSplitsAnswerNothing() {
        SharedCores verdict = judge(2, invalid(split(2, 1, 10, 0)), split(1, 2, 5, 0));
        assertEquals(Code.NOT_MEASURED, verdict.answer().code());
        assertSays("2×1: left out, its runs are not valid.", verdict);
        assertSays("only 1×2 was measured", verdict);
        assertNull(verdict.mostThroughput());
        SharedCores none = judge(2, new Split(2, 1, AUDIO_SECONDS, List.of(), null, true));
        assertSays("2×1: not measured.", none);
        assertNull(none.splits().get(0).audioHoursPerCoreHour());
        assertEquals(Code.NOT_MEASURED, judge(2).answer().code());
    }

    @Test
    void theBestOfSomeSplitsIsNotTheBestOfAll() {
        SharedCores verdict = judge(4, invalid(split(4, 1, 10, 0)), split(2, 2, 5, 0), split(1, 4, 9, 0));
        assertEquals(Code.UNDECIDED, verdict.answer().code());
        assertTrue(verdict.answer().english().contains("4×1 has no valid runs"), verdict.answer().english());
        assertTrue(verdict.answer().vietnamese().contains("4×1 không có lần đo hợp lệ"),
                verdict.answer().vietnamese());
        assertNull(verdict.mostThroughput());
        assertNull(verdict.lowestLatency());
        assertSays("Most throughput of those measured: 2×2", verdict);
    }

    @Test
    void splitsOfAnotherBudgetOrAnotherClipAreRefused() {
        assertThrows(IllegalArgumentException.class, () -> judge(4, split(2, 1, 10, 0)));
        assertThrows(IllegalArgumentException.class, () -> judge(2, split(2, 1, 10, 0), split(2, 1, 10, 0)));
        Split other = new Split(1, 2, 30, split(1, 2, 5, 0).batches(), null, true);
        assertThrows(IllegalArgumentException.class, () -> judge(2, split(2, 1, 10, 0), other));
        assertThrows(IllegalArgumentException.class,
                () -> new Split(2, 1, AUDIO_SECONDS, List.of(new Batch(1, 1)), null, true));
    }

    @Test
    void theOrderOfSplitsDoesNotMatter() {
        Split a = split(2, 1, 10, 0.1);
        Split b = split(1, 2, 5.2, 0.1);
        assertEquals(judge(2, a, b).sentences(), judge(2, b, a).sentences());
    }
}
