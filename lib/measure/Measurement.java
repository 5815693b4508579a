package lib.measure;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.function.BiFunction;
import java.util.stream.Collectors;
import lib.audio.AudioClip;
import lib.audio.Clips;
import lib.cli.DurationOption;
import lib.cli.Home;
import lib.cli.MeasurementFailed;
import lib.cli.Progress;
import lib.cli.UserError;
import lib.engine.Decoding;
import lib.engine.EngineSpec;
import lib.engine.ModelFile;
import lib.engine.ModelStore;
import lib.engine.WeightlessModel;
import lib.host.CpuLimits;
import lib.host.EnvironmentProbe;
import lib.host.Isolation;
import lib.results.Cores;
import lib.results.EngineIdentity;
import lib.results.Environment;
import lib.results.Experiment;
import lib.results.ExperimentFolder;
import lib.results.Plan;
import lib.stats.WordErrorRate;

/**
 * One experiment from options to {@code experiment.json}: everything that can be wrong is found before the folder is
 * made and the first run starts.
 */
public final class Measurement {
    private static final String DECODING = "greedy, temperature 0 without fallback, timestamps on, "
            + "nothing kept from earlier requests";
    private static final String NO_DECODING = "none, the engine hears nothing";
    private static final String TIMING_SCOPE = "engine";
    private static final double DEFAULT_SECONDS_A_POINT = 30;
    /** A warm-up and six runs at a fifth of real time take a little more than the clip. */
    private static final double DEFAULT_SECONDS_A_CLIP_SECOND = 2;
    private static final String DEFAULT_LANGUAGE = "en";

    private final MeasureOptions options;
    private final String alias;
    /** The experiment that is gone on with, or null. */
    private final Experiment before;
    private final Environment environment;
    private final Subject subject;
    private final Plan plan;

    /**
     * @param wish not looked at when an experiment is gone on with, but for models and clips that were given anew
     * @throws UserError for anything that would keep the measurement from running
     */
    public Measurement(MeasureOptions options, String alias, Wish wish) {
        options.check();
        this.options = options;
        this.alias = alias;
        this.before = options.resume == null ? null : ExperimentFolder.readExperiment(options.resume);
        if (before != null && !before.alias().equals(alias)) {
            throw new UserError(options.resume + " is an experiment of " + before.alias() + ", not of " + alias
                    + "; go on with it by ./jbang " + before.alias() + " --resume");
        }
        this.environment = EnvironmentProbe.read();
        Plan old = before == null ? null : before.plan();
        EngineSpec engine = EngineSpec.parse(old == null ? options.engine : old.engine()).calibrated();
        Home home = Home.find();
        List<ModelFile> models = !engine.needsModel() ? List.of() : models(home, wish, old);
        List<Subject.Clip> clips = clips(home, wish, old);
        this.subject = Subject.of(engine, models, clips, limits(wish, old));
        this.plan = old == null ? newPlan(wish, models, clips) : resumedPlan(old, models, clips);
    }

    private List<ModelFile> models(Home home, Wish wish, Plan old) {
        if (old != null && old.models().isEmpty()) {
            throw new UserError(options.resume
                    + " names no model though its engine needs one; restore experiment.json");
        }
        boolean fromPlan = old != null && !options.given("--model") && !options.given("--models");
        List<String> names = fromPlan ? old.models().stream().map(Plan.ModelRef::name).toList() : wish.models();
        return names.stream().distinct().map(name -> found(fromPlan, "model", name,
                () -> model(home, name))).toList();
    }

    private static ModelFile model(Home home, String name) {
        if (name.endsWith(WeightlessModel.SUFFIX)) {
            return ModelFile.checkAllowingWeightless(WeightlessModel.create(home,
                    name.substring(0, name.length() - WeightlessModel.SUFFIX.length())));
        }
        return ModelFile.check(ModelStore.find(home, name, Progress.ofDownload("fetching the model")));
    }

    private List<Subject.Clip> clips(Home home, Wish wish, Plan old) {
        Clips clips = Clips.open(home);
        boolean fromPlan = old != null && !options.given("--clip") && !options.given("--clips");
        List<AudioClip> wanted = fromPlan
                ? old.clips().stream().map(c -> found(fromPlan, "clip", c.name(), () -> clips.find(c.name()))).toList()
                : wish.clips();
        List<Subject.Clip> prepared = new ArrayList<>();
        for (AudioClip clip : wanted) {
            String language = old == null ? options.language
                    : old.clips().stream().filter(c -> c.name().equals(clip.name())).map(Plan.ClipRef::language)
                            .findFirst().orElse(null);
            prepared.add(new Subject.Clip(inLanguage(clip, language), clips.prepare(clip)));
        }
        return prepared;
    }

    private interface Finder<T> {
        T find();
    }

    private <T> T found(boolean fromPlan, String what, String name, Finder<T> finder) {
        try {
            return finder.find();
        } catch (UserError e) {
            throw fromPlan ? new UserError("The " + what + " of " + options.resume + " (" + name
                    + ") was a file of yours; say where it is with " + options.optionFor(what) + " PATH", e)
                    : e;
        }
    }

    private static AudioClip inLanguage(AudioClip clip, String asked) {
        String language = asked != null ? asked : clip.language() != null ? clip.language() : DEFAULT_LANGUAGE;
        // the engine's own check of the code, before anything is started
        new Decoding(1, language);
        return new AudioClip(clip.name(), clip.original(), clip.seconds(), clip.sha256(), language, clip.reference());
    }

    private List<CpuLimits.Choice> limits(Wish wish, Plan old) {
        if (old != null) {
            return old.limits().stream().map(l -> CpuLimits.choose(l.isolation(), l.image())).toList();
        }
        if (wish.question() == Plan.Question.THREADS) {
            return options.isolation.equals(CpuLimits.AUTO) ? CpuLimits.quotaAndAffinity(options.image)
                    : CpuLimits.chooseAll(options.isolation, options.image);
        }
        if (options.isolation.contains(",")) {
            throw new UserError("--isolation " + options.isolation + " names several kinds, and " + alias
                    + " measures one at a time, so that they are never mixed in one figure; give one, and run it again "
                    + "for the next");
        }
        return List.of(CpuLimits.choose(options.isolation, options.image));
    }

    private Plan newPlan(Wish wish, List<ModelFile> models, List<Subject.Clip> clips) {
        List<Plan.Point> points = new ArrayList<>();
        // an engine without models measures each clip once
        List<String> names = models.isEmpty() ? java.util.Collections.singletonList(null)
                : models.stream().map(ModelFile::name).toList();
        for (String model : names) {
            for (Subject.Clip clip : clips) {
                for (CpuLimits.Choice limit : subject.limits().values()) {
                    wish.settings().forEach(s -> points.add(point(model, clip, limit.limit().isolation().label(), s,
                            wish.mostClipSeconds())));
                }
            }
        }
        List<Plan.Point> measured = points.stream().filter(p -> p.skipped() == null).toList();
        if (measured.isEmpty()) {
            throw new UserError("Nothing to measure: " + points.stream()
                    .map(p -> p.clip() + ", " + Cores.words(p.coresLimit()) + ": " + p.skipped()).distinct()
                    .collect(Collectors.joining("; ")));
        }
        double maxTimeSeconds = options.maxTime != null ? options.maxTime.toMillis() / 1e3
                : measured.stream().mapToDouble(p -> Math.max(DEFAULT_SECONDS_A_POINT,
                        DEFAULT_SECONDS_A_CLIP_SECOND * subject.clip(p.clip()).audio().seconds())).sum();
        return new Plan(wish.question(), subject.engine().toString(), modelRefs(models), clipRefs(clips),
                models.isEmpty() ? NO_DECODING : DECODING,
                TIMING_SCOPE, limitRefs(), points, options.precision, options.minRuns, maxTimeSeconds, options.seed,
                wish.soak(), wish.refused());
    }

    private Plan.Point point(String model, Subject.Clip clip, String isolation, Wish.Setting s, Double mostSeconds) {
        String skipped = mostSeconds != null && clip.audio().seconds() > mostSeconds
                ? String.format(Locale.ROOT, "its %.0f s are more than --max-duration %.0f", clip.audio().seconds(),
                        mostSeconds)
                : subject.refusal(isolation, s.cores(), s.instances()).orElse(null);
        return new Plan.Point(model, clip.clip().name(), isolation, s.cores(), s.threads(), s.instances(),
                s.waitPolicy(), skipped);
    }

    private static List<Plan.ModelRef> modelRefs(List<ModelFile> models) {
        return models.stream().map(m -> new Plan.ModelRef(m.name(), m.sha256(), m.bytes(), m.weightless())).toList();
    }

    private static List<Plan.ClipRef> clipRefs(List<Subject.Clip> clips) {
        return clips.stream().map(c -> new Plan.ClipRef(c.clip().name(), c.audio().sha256(), c.audio().seconds(),
                c.clip().language(), c.clip().reference() == null ? null
                        : WordErrorRate.of(c.clip().reference(), "", c.clip().language()).referenceWords())).toList();
    }

    private List<Plan.LimitRef> limitRefs() {
        return subject.limits().values().stream()
                .map(l -> new Plan.LimitRef(l.limit().isolation().label(), l.reason(),
                        l.limit().isolation() == Isolation.DOCKER ? options.image : null))
                .toList();
    }

    private Plan resumedPlan(Plan old, List<ModelFile> models, List<Subject.Clip> clips) {
        requireSame("model", old.models(), modelRefs(models), (a, b) -> a.sha256().equals(b.sha256()),
                Plan.ModelRef::name);
        requireSame("clip", old.clips(), clipRefs(clips), (a, b) -> a.sha256().equals(b.sha256()),
                Plan.ClipRef::name);
        if (!sameMachine(before.environment())) {
            throw new UserError(options.resume + " was measured on " + before.environment().hostName() + " ("
                    + before.environment().cpuModel() + "), this is " + environment.hostName() + " ("
                    + environment.cpuModel() + "); start a new experiment here");
        }
        double maxTimeSeconds = options.maxTime == null ? old.maxTimeSeconds() : options.maxTime.toMillis() / 1e3;
        return old.withEffort(options.given("--precision") ? options.precision : old.precision(),
                options.given("--min-runs") ? options.minRuns : old.minRuns(), maxTimeSeconds);
    }

    private <T> void requireSame(String what, List<T> planned, List<T> here, BiFunction<T, T, Boolean> same,
            java.util.function.Function<T, String> name) {
        for (T wanted : planned) {
            if (here.stream().noneMatch(h -> name.apply(h).equals(name.apply(wanted)) && same.apply(h, wanted))) {
                throw new UserError("The " + what + " " + name.apply(wanted) + " here is not the one of "
                        + options.resume + " (its SHA-256 differs); give the right file with " + options.optionFor(
                                what));
            }
        }
    }

    private boolean sameMachine(Environment other) {
        return Objects.equals(other.hostName(), environment.hostName())
                && Objects.equals(other.cpuModel(), environment.cpuModel())
                && Objects.equals(other.logicalCpus(), environment.logicalCpus());
    }

    public Plan plan() {
        return plan;
    }

    /** What will be done and how long it takes at most, for {@code --dry-run} and as the first words of a run. */
    public String outline() {
        StringBuilder out = new StringBuilder();
        line(out, "engine", plan.engine());
        plan.models().forEach(m -> line(out, "model", m.name() + (m.weightless() ? ", " + Plan.ModelRef.NO_WEIGHTS
                : "")));
        plan.clips().forEach(c -> line(out, "clip", c.name() + String.format(Locale.ROOT, ", %.1f s of audio",
                c.seconds())));
        plan.limits().forEach(l -> line(out, "isolation", l.isolation() + ": " + l.reason()));
        plan.points().forEach(p -> line(out, "point", plan.words(p) + (p.skipped() == null ? ""
                : ", skipped: " + p.skipped())));
        if (plan.soak() > 0) {
            line(out, "soak", plan.soak() + " times the shortest clip on one worker a model, after that");
        }
        line(out, "time", "about " + DurationOption.words(plan.maxTimeSeconds())
                + " to measure in, less when every point is known to ±"
                + String.format(Locale.ROOT, "%.1f %%", plan.precision() * 100));
        return out.toString().stripTrailing();
    }

    private static void line(StringBuilder out, String what, String text) {
        out.append(String.format(Locale.ROOT, "%-11s%s%n", what, text));
    }

    /** Measures, judges and writes; gives the folder that holds it all. */
    public Path run() {
        try (ExperimentFolder folder = before == null
                ? ExperimentFolder.create(options.results, environment.hostName(), alias)
                : ExperimentFolder.open(options.resume)) {
            Instant startedAt = before == null ? Instant.now().truncatedTo(ChronoUnit.MILLIS) : before.startedAt();
            folder.write(experiment(folder, startedAt, null, null));
            Thread hint = new Thread(() -> System.err.println("\nInterrupted. What was measured is in " + folder.path()
                    + "; go on with --resume " + folder.path()), "hint");
            Runtime.getRuntime().addShutdownHook(hint);
            try (Lab lab = new Lab(plan, subject, options.timeout, environment.memoryBytes(), folder)) {
                try {
                    lab.run();
                    lab.soak();
                } catch (MeasurementFailed e) {
                    finish(folder, startedAt, lab.identity());
                    throw e;
                }
                finish(folder, startedAt, lab.identity());
            } finally {
                unhook(hint);
            }
            return folder.path();
        }
    }

    private static void unhook(Thread hint) {
        try {
            Runtime.getRuntime().removeShutdownHook(hint);
        } catch (IllegalStateException shuttingDown) {
            // it is telling already
        }
    }

    private void finish(ExperimentFolder folder, Instant startedAt, EngineIdentity identity) {
        folder.write(experiment(folder, startedAt, Instant.now().truncatedTo(ChronoUnit.MILLIS), identity));
    }

    private Experiment experiment(ExperimentFolder folder, Instant startedAt, Instant finishedAt,
            EngineIdentity identity) {
        return Judgement.again(new Experiment(Experiment.SCHEMA_VERSION, alias, options.commandLine(), startedAt,
                finishedAt,
                GitCommit.of(Home.find().checkout()), environment, identity, plan, null, null, null, null, null),
                folder.runs(), ExperimentFolder.readSoak(folder.path()));
    }
}
