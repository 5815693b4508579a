package tests.stats;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import lib.results.Estimate;
import lib.results.Plan.ClipRef;
import lib.stats.AudioCostModel;
import lib.stats.AudioCostModel.Observation;
import lib.stats.AudioCostModel.Prediction;
import org.junit.jupiter.api.Test;

class AudioCostModelTest {
    private static final double[] NINE = {8.111, 11, 22.117, 45.023, 89.986, 160.236, 269.987, 459.9, 816.2};

    @Test
    void everyFigureIsThatOfStatsmodels() throws IOException {
        for (String[] row : Fixtures.rows("cost-models.csv")) {
            AudioCostModel model = AudioCostModel.of("base",
                    clips(Fixtures.numbers(row[0]), row[1].isEmpty() ? null : Fixtures.numbers(row[1]),
                            Fixtures.numbers(row[2])));
            assertClose(row, 3, model.fixedSeconds());
            assertClose(row, 6, model.secondsPerWindow());
            assertClose(row, 9, model.secondsPerToken());
            assertEquals(Double.parseDouble(row[12]), model.rSquared(), 1e-9);
            assertEquals(List.of(true, true), List.of(
                    close(Fixtures.numbers(row[13]), model.residuals().stream().map(r -> r.relative()).toList()),
                    close(Fixtures.numbers(row[14]), model.residuals().stream().map(r -> r.heldOut()).toList())));
            double seconds = Double.parseDouble(row[15]);
            Prediction prediction = row[16].isEmpty() ? model.predict(seconds)
                    : model.predict(seconds, Double.parseDouble(row[16]));
            assertClose(row, 17, prediction.latencySeconds());
            assertEquals(2 * Double.parseDouble(row[19]), prediction.timeoutSeconds(), 1e-6);
        }
    }

    private static void assertClose(String[] row, int from, Estimate actual) {
        if (row[from].isEmpty()) {
            assertNull(actual);
            return;
        }
        assertEquals(Double.parseDouble(row[from]), actual.value(), 1e-7);
        assertEquals(Double.parseDouble(row[from + 1]), actual.low(), 1e-7);
        assertEquals(Double.parseDouble(row[from + 2]), actual.high(), 1e-7);
    }

    private static boolean close(double[] expected, List<Double> actual) {
        return expected.length == actual.size()
                && IntStream.range(0, expected.length).allMatch(i -> Math.abs(expected[i] - actual.get(i)) < 1e-9);
    }

    /** Tokens null: not known. */
    private static List<Observation> clips(double[] seconds, double[] tokens, double[] latency) {
        return IntStream.range(0, seconds.length).mapToObj(i -> new Observation("clip-" + i, seconds[i],
                tokens == null ? null : (int) tokens[i], latency[i])).toList();
    }

    /** A truth of 0.4 s + 2.1 s a window + 13 ms a token, with log-normal noise. */
    private static List<Observation> speech(double[] seconds, double rateSigma, double sigma, Random random) {
        double[] tokens = new double[seconds.length];
        double[] latency = new double[seconds.length];
        for (int i = 0; i < seconds.length; i++) {
            tokens[i] = Math.rint(seconds[i] * 3.6 * Math.exp(rateSigma * random.nextGaussian()));
            latency[i] = truth(seconds[i], tokens[i]) * Math.exp(sigma * random.nextGaussian());
        }
        return clips(seconds, tokens, latency);
    }

    private static double truth(double seconds, double tokens) {
        return 0.4 + 2.1 * Math.ceil(seconds / 30) + 0.013 * tokens;
    }

    @Test
    void intervalsHoldTheTruthAndTheNextFile() {
        Random random = new Random(1);
        int samples = 1000;
        int window = 0;
        int token = 0;
        int next = 0;
        for (int i = 0; i < samples; i++) {
            AudioCostModel model = AudioCostModel.of("base", speech(NINE, 0.3, 0.03, random));
            window += holds(2.1, model.secondsPerWindow());
            token += model.secondsPerToken() == null ? 0 : holds(0.013, model.secondsPerToken());
            next += holds(truth(600, 1500) * Math.exp(0.03 * random.nextGaussian()),
                    model.predict(600, 1500).latencySeconds());
        }
        assertTrue(window >= 0.93 * samples, "window: " + window);
        assertTrue(token >= 0.93 * samples, "token: " + token);
        assertTrue(next >= 0.93 * samples && next < samples, "next file: " + next);
    }

    private static int holds(double truth, Estimate e) {
        return e.low() <= truth && truth <= e.high() ? 1 : 0;
    }

    @Test
    void theShortestClipIsFittedAsWellAsTheLongest() {
        // the longest alone is 30 % slow, as when its speech makes windows overlap: plain least squares would be off by
        // more than half of the shortest
        double[] latency = {2.5, 2.5, 2.5, 4.6, 6.7, 13, 19.3, 34, 60 * 1.3};
        AudioCostModel model = AudioCostModel.of("base", clips(NINE, null, latency));
        assertEquals("clip-8", model.worst().clip());
        assertTrue(Math.abs(model.residuals().get(0).relative()) < 0.05, model.residuals().toString());
    }

    @Test
    void tokensThatGoWithTheWindowsHaveNoCostOfTheirOwn() {
        double[] latency = new double[9];
        double[] tokens = new double[9];
        Random random = new Random(2);
        for (int i = 0; i < 9; i++) {
            double windows = Math.ceil(NINE[i] / 30);
            tokens[i] = 100 * windows + random.nextInt(3);
            latency[i] = (0.4 + 3.4 * windows) * Math.exp(0.03 * random.nextGaussian());
        }
        AudioCostModel model = AudioCostModel.of("base", clips(NINE, tokens, latency));
        assertNull(model.secondsPerToken());
        assertTrue(model.valid());
        assertEquals(1, holds(3.4, model.secondsPerWindow()));
        assertTrue(model.sentences().get(1).startsWith("Tokens are left out: in these clips they go with the windows,"
                + " and what each costs can't be told apart (together: "), model.sentences().get(1));
    }

    @Test
    void tokensInExactProportionOrAllEqualAreLeftOut() {
        double[] exact = new double[9];
        double[] latency = new double[9];
        for (int i = 0; i < 9; i++) {
            exact[i] = 100 * Math.ceil(NINE[i] / 30);
            latency[i] = 0.4 + 3.4 * Math.ceil(NINE[i] / 30);
        }
        for (double[] tokens : List.of(exact, new double[9])) {
            AudioCostModel model = AudioCostModel.of("base", clips(NINE, tokens, latency));
            assertNull(model.secondsPerToken());
            assertEquals(3.4, model.secondsPerWindow().value(), 1e-9);
            assertEquals("Tokens are left out: in these clips they go with the windows, and what each costs can't be"
                    + " told apart.", model.sentences().get(1));
        }
    }

    @Test
    void tokensThatTheEngineDidNotTellForOneClipAreLeftOut() {
        List<Observation> clips = new ArrayList<>(speech(NINE, 0.3, 0.02, new Random(3)));
        clips.set(2, new Observation("clip-2", NINE[2], null, clips.get(2).latencySeconds()));
        AudioCostModel model = AudioCostModel.of("base", clips);
        assertNull(model.secondsPerToken());
        assertEquals("Tokens are left out: the engine did not tell them for every clip.", model.sentences().get(1));
    }

    @Test
    void fourClipsOrOneLengthGiveNoModel() {
        AudioCostModel few = AudioCostModel.of("base",
                clips(new double[] {8, 31, 61, 91}, null, new double[] {3, 6, 9, 12}));
        assertFalse(few.valid());
        assertNull(few.fixedSeconds());
        assertNull(few.predict(60));
        assertEquals(List.of("base: no cost model, 4 clips were measured, it takes 5."), few.sentences());
        AudioCostModel one = AudioCostModel.of("base",
                clips(new double[] {8, 11, 14, 20, 30}, null, new double[] {3, 3, 3, 3, 3}));
        assertEquals(List.of("base: no cost model, all clips have the same number of 30 s windows, it takes shorter and"
                + " longer ones."), one.sentences());
    }

    @Test
    void aFixedPartBelowZeroIsExplained() {
        double[] latency = {3, 3, 3, 8.2, 13, 28.5, 44, 80, 142};
        AudioCostModel model = AudioCostModel.of("base", clips(NINE, null, latency));
        assertTrue(model.fixedSeconds().high() < 0);
        assertTrue(model.valid());
        assertTrue(model.sentences().get(2).startsWith("The fixed part is below 0"), model.sentences().toString());
        double[] plain = {3, 3, 3, 5.5, 8, 15.6, 23.1, 40.5, 70.3};
        assertEquals(2, AudioCostModel.of("base", clips(NINE, null, plain)).sentences().size());
    }

    @Test
    void aLineThatOneClipIsFarFromPredictsNothing() {
        double[] latency = {2.5, 2.5, 2.5, 4.6, 6.7, 26, 19.3, 34, 60};
        AudioCostModel model = AudioCostModel.of("base", clips(NINE, null, latency));
        assertFalse(model.valid());
        assertNull(model.predict(60));
        assertEquals("clip-5", model.worst().clip());
        assertTrue(model.sentences().get(2).matches("The cost model is not valid: held out of the fit, clip-5 is \\d\\d"
                + " % off, more than 25 %; it predicts nothing\\."), model.sentences().get(2));
    }

    @Test
    void aLineThatRestsOnOneLongClipPredictsNothing() {
        AudioCostModel model = AudioCostModel.of("base",
                clips(new double[] {8, 11, 14, 20, 45}, null, new double[] {3, 3.1, 3, 3.1, 6}));
        assertFalse(model.valid());
        assertNull(model.worst().heldOut());
        assertTrue(model.sentences().get(2).contains("it rests on clip-4 alone"), model.sentences().get(2));
    }

    @Test
    void beyondTwiceTheLongestClipThePredictionSaysThatItIsExtrapolated() {
        AudioCostModel model = AudioCostModel.of("base", speech(NINE, 0.3, 0.02, new Random(4)));
        Prediction within = model.predict(2 * 816.2);
        Prediction beyond = model.predict(2 * 816.2 + 1);
        assertFalse(within.extrapolated());
        assertFalse(within.sentence().contains("Extrapolated"));
        assertTrue(beyond.extrapolated());
        assertTrue(beyond.sentence().endsWith(
                "Extrapolated, not shown by measurement: the longest clip measured has 13.6 min."), beyond.sentence());
    }

    @Test
    void belowTheWindowsOfTheShortestClipThePredictionSaysThatItIsExtrapolated() {
        AudioCostModel model = AudioCostModel.of("base",
                speech(new double[] {75, 90, 160, 270, 460, 816}, 0.3, 0.02, new Random(8)));
        assertFalse(model.predict(61).extrapolated(), "as many windows as the shortest clip");
        Prediction below = model.predict(60);
        assertTrue(below.extrapolated());
        assertTrue(below.sentence().endsWith("Extrapolated, not shown by measurement: the shortest clip measured has"
                + " 1.3 min, more 30 s windows."), below.sentence());
    }

    @Test
    void aLineThatIsBelowZeroForShortFilesPredictsNothingThere() {
        // 5 to 10 min, and longer ones take more than their share: the line meets 0 at 3.6 windows
        double[] seconds = {300, 360, 420, 480, 540, 600};
        AudioCostModel model = AudioCostModel.of("base", clips(seconds, null,
                new double[] {12.8, 16.8, 20.8, 24.8, 28.8, 32.8}));
        assertTrue(model.valid() && model.fixedSeconds().value() < -7, model.toString());
        assertNull(model.predict(30));
        assertNull(model.predict(90));
        assertTrue(model.predict(150).latencySeconds().value() > 0);
        assertEquals(24.8, model.predict(480).latencySeconds().value(), 1e-6);
    }

    @Test
    void noPredictionOfNoisyClipsIsBelowZeroOrUpsideDown() {
        Random random = new Random(9);
        for (int i = 0; i < 2000; i++) {
            double[] seconds = random.doubles(6, 300, 600).toArray();
            double exponent = 1 + random.nextDouble();
            double[] latency = Arrays.stream(seconds)
                    .map(s -> Math.pow(s / 30, exponent) * Math.exp(0.05 * random.nextGaussian())).toArray();
            AudioCostModel model = AudioCostModel.of("base", clips(seconds, null, latency));
            for (double length : new double[] {1, 30, 60, 300, 600, 1200}) {
                Prediction prediction = model.predict(length);
                assertTrue(prediction == null || prediction.latencySeconds().value() > 0
                        && prediction.latencySeconds().low() >= 0, String.valueOf(prediction));
            }
        }
    }

    @Test
    void aFileWithoutKnownTokensGetsThoseOfTheMeasuredSpeech() {
        List<Observation> clips = speech(NINE, 0.3, 0.02, new Random(5));
        AudioCostModel model = AudioCostModel.of("base", clips);
        double rate = clips.stream().mapToDouble(Observation::tokens).sum()
                / clips.stream().mapToDouble(Observation::audioSeconds).sum();
        assertEquals(model.predict(600, 600 * rate), model.predict(600));
    }

    @Test
    void theOrderOfTheClipsDoesNotMatter() {
        List<Observation> clips = new ArrayList<>(speech(NINE, 0.3, 0.02, new Random(6)));
        AudioCostModel model = AudioCostModel.of("base", clips);
        Collections.reverse(clips);
        assertEquals(model, AudioCostModel.of("base", clips));
    }

    @Test
    void aWindowIsPaidForWhole() {
        assertEquals(List.of(1, 1, 2, 28), IntStream.of(0, 1, 2, 3)
                .mapToObj(i -> ClipRef.windows(new double[] {0.3, 30, 30.001, 816.2}[i])).toList());
    }

    @Test
    void secondsOfZeroAreRefused() {
        assertThrows(IllegalArgumentException.class, () -> new Observation("a", 0, null, 1));
        assertThrows(IllegalArgumentException.class, () -> new Observation("a", 1, null, Double.NaN));
        assertThrows(IllegalArgumentException.class,
                () -> AudioCostModel.of("base", speech(NINE, 0.3, 0.02, new Random(7))).predict(0));
    }
}
