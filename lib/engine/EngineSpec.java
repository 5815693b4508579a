package lib.engine;

import java.math.BigDecimal;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.StringJoiner;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import lib.cli.UserError;

/**
 * Which engine a worker runs, as the user writes it: {@code whisper-jni} or {@code synthetic:work=400ms,serial=0.2}.
 * {@code parse(spec.toString())} gives an equal spec.
 */
public sealed interface EngineSpec {
    String EXAMPLE = "synthetic:work=400ms,serial=0.2";

    /** The engine's name without its settings. */
    String name();

    boolean needsModel();

    /**
     * Whether threads that wait for one another keep their cores busy meanwhile; those of another engine rest.
     *
     * @param waitPolicy OpenMP's waiting that was asked for, null for the engine's own
     */
    boolean spins(String waitPolicy);

    /**
     * The same engine with everything settled that would otherwise be measured when a worker starts. Call it once in
     * the lab, outside any limit, so that the workers of all points do the same work.
     */
    EngineSpec calibrated();

    /** @throws UserError when the text names no engine, or a setting that it does not have */
    static EngineSpec parse(String text) {
        String given = text.strip();
        int colon = given.indexOf(':');
        String name = colon < 0 ? given : given.substring(0, colon);
        String settings = colon < 0 ? "" : given.substring(colon + 1);
        return switch (name) {
            case "whisper-jni" -> {
                if (colon >= 0) {
                    throw new UserError("Engine whisper-jni takes no settings, but \"" + settings + "\" was given");
                }
                yield new WhisperJni();
            }
            case "synthetic" -> Synthetic.parseSettings(settings);
            default -> throw new UserError("There is no engine \"" + given + "\": use whisper-jni, or for example "
                    + EXAMPLE);
        };
    }

    /** whisper.cpp in the worker's process. */
    record WhisperJni() implements EngineSpec {
        @Override
        public String name() {
            return "whisper-jni";
        }

        @Override
        public boolean needsModel() {
            return true;
        }

        @Override
        public boolean spins(String waitPolicy) {
            return !"passive".equals(waitPolicy);
        }

        @Override
        public EngineSpec calibrated() {
            return this;
        }

        @Override
        public String toString() {
            return name();
        }
    }

    /** What the synthetic engine can do wrong on purpose, so that the handling of failures can be tried. */
    enum Fault {
        /** Prints something that is not JSON where the answer belongs. */
        GARBAGE,
        /** Writes to an address that is not mapped, as broken native code does. */
        CRASH,
        /** Never answers. */
        HANG,
        /** Fills the Java heap. */
        OOM
    }

    /**
     * An engine whose truth is known: it burns CPU and hears nothing.
     *
     * @param workSeconds CPU time of one request on one thread
     * @param serial share of it, 0 to 1, that only one thread can do; the rest is split evenly
     * @param iterations steps of the kernel that make up {@code workSeconds}; null until calibrated
     * @param faults which request of a worker, counted from 1, goes wrong and how
     * @param ignoreThreads always one thread: a setting that never reaches the engine
     * @param text what it says it heard
     */
    record Synthetic(double workSeconds, double serial, Long iterations, Map<Fault, Integer> faults,
            boolean ignoreThreads, String text) implements EngineSpec {
        public static final double DEFAULT_WORK_SECONDS = 0.4;
        public static final String DEFAULT_TEXT = "synthetic engine";
        private static final Pattern DURATION = Pattern.compile("(\\d+(?:\\.\\d+)?)(ms|s)");

        public Synthetic {
            if (!(workSeconds > 0 && workSeconds <= 3600)) {
                throw new UserError("Engine setting work must be more than 0 and at most 3600s, such as work=400ms, "
                        + "not " + workSeconds + "s");
            }
            if (!(serial >= 0 && serial <= 1)) {
                throw new UserError("Engine setting serial must be a share from 0 to 1, such as serial=0.2, not "
                        + serial);
            }
            if (iterations != null && iterations < 1) {
                throw new UserError("Engine setting iterations must be at least 1, not " + iterations);
            }
            faults.forEach((fault, request) -> {
                if (request < 1) {
                    throw new UserError("Engine setting " + label(fault) + " is the number of a request, from 1, not "
                            + request);
                }
            });
            faults = Map.copyOf(faults);
        }

        private static Synthetic parseSettings(String settings) {
            double work = DEFAULT_WORK_SECONDS;
            double serial = 0;
            Long iterations = null;
            Map<Fault, Integer> faults = new EnumMap<>(Fault.class);
            boolean ignoreThreads = false;
            String text = DEFAULT_TEXT;
            String rest = settings;
            while (!rest.isEmpty()) {
                // The text may hold commas, so it takes everything that follows.
                int comma = rest.startsWith("text=") ? -1 : rest.indexOf(',');
                String setting = comma < 0 ? rest : rest.substring(0, comma);
                rest = comma < 0 ? "" : rest.substring(comma + 1);
                int equals = setting.indexOf('=');
                String key = equals < 0 ? setting : setting.substring(0, equals);
                String value = equals < 0 ? "" : setting.substring(equals + 1);
                switch (key) {
                    case "work" -> work = seconds(value);
                    case "serial" -> serial = number(key, value);
                    case "iterations" -> iterations = whole(key, value);
                    case "crash", "hang", "oom", "garbage" -> faults.put(Fault.valueOf(key.toUpperCase(Locale.ROOT)),
                            Math.toIntExact(Math.min(whole(key, value), Integer.MAX_VALUE)));
                    case "ignore-threads" -> ignoreThreads = yesOrNo(key, value);
                    case "text" -> text = value;
                    default -> throw new UserError("Engine synthetic has no setting \"" + setting + "\": it has work, "
                            + "serial, iterations, crash, hang, oom, garbage, ignore-threads and text, for example "
                            + EXAMPLE);
                }
            }
            return new Synthetic(work, serial, iterations, faults, ignoreThreads, text);
        }

        private static double seconds(String value) {
            Matcher matcher = DURATION.matcher(value);
            if (!matcher.matches()) {
                throw new UserError("Engine setting work must be a duration such as work=400ms or work=1.5s, not \""
                        + value + "\"");
            }
            BigDecimal amount = new BigDecimal(matcher.group(1));
            return (matcher.group(2).equals("ms") ? amount.movePointLeft(3) : amount).doubleValue();
        }

        private static double number(String key, String value) {
            try {
                return Double.parseDouble(value);
            } catch (NumberFormatException e) {
                throw new UserError("Engine setting " + key + " must be a number such as " + key + "=0.2, not \""
                        + value + "\"", e);
            }
        }

        private static long whole(String key, String value) {
            try {
                return Long.parseLong(value);
            } catch (NumberFormatException e) {
                throw new UserError("Engine setting " + key + " must be a whole number such as " + key + "=3, not \""
                        + value + "\"", e);
            }
        }

        private static boolean yesOrNo(String key, String value) {
            return switch (value) {
                case "true" -> true;
                case "false" -> false;
                default -> throw new UserError("Engine setting " + key + " must be true or false, not \"" + value
                        + "\"");
            };
        }

        private static String label(Fault fault) {
            return fault.name().toLowerCase(Locale.ROOT);
        }

        @Override
        public String name() {
            return "synthetic";
        }

        @Override
        public boolean needsModel() {
            return false;
        }

        @Override
        public boolean spins(String waitPolicy) {
            return false;
        }

        @Override
        public Synthetic calibrated() {
            if (iterations != null) {
                return this;
            }
            long steps = Math.max(1, Math.round(workSeconds * SyntheticTranscriber.iterationsPerSecond()));
            return new Synthetic(workSeconds, serial, steps, faults, ignoreThreads, text);
        }

        @Override
        public String toString() {
            StringJoiner settings = new StringJoiner(",", "synthetic:", "");
            BigDecimal work = BigDecimal.valueOf(workSeconds);
            settings.add("work=" + (workSeconds < 1 ? plain(work.movePointRight(3)) + "ms" : plain(work) + "s"));
            settings.add("serial=" + plain(BigDecimal.valueOf(serial)));
            if (iterations != null) {
                settings.add("iterations=" + iterations);
            }
            for (Fault fault : Fault.values()) {
                if (faults.containsKey(fault)) {
                    settings.add(label(fault) + "=" + faults.get(fault));
                }
            }
            if (ignoreThreads) {
                settings.add("ignore-threads=true");
            }
            if (!text.equals(DEFAULT_TEXT)) {
                settings.add("text=" + text);
            }
            return settings.toString();
        }

        /** 400 rather than 400.0, and never an exponent, which {@code parse} would not read. */
        private static String plain(BigDecimal value) {
            return value.stripTrailingZeros().toPlainString();
        }
    }
}
