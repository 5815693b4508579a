package lib.measure;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;
import lib.audio.AudioClip;
import lib.audio.Clips;
import lib.audio.PreparedClip;
import lib.cli.DurationOption;
import lib.cli.Home;
import lib.cli.MeasurementFailed;
import lib.cli.Progress;
import lib.cli.UserError;
import lib.engine.Decoding;
import lib.engine.EngineSpec;
import lib.engine.ModelFile;
import lib.engine.ModelStore;
import lib.host.CpuLimits;
import lib.host.EnvironmentProbe;
import lib.results.EngineIdentity;
import lib.results.Environment;
import lib.results.Experiment;
import lib.results.ExperimentFolder;
import lib.results.Plan;

/**
 * One experiment from options to {@code experiment.json}: everything that can be wrong is found before the folder is
 * made and the first run starts.
 */
public final class Measurement {
    private static final String DECODING = "greedy, temperature 0 without fallback, timestamps on, no context kept";
    private static final String TIMING_SCOPE = "engine";
    private static final double DEFAULT_SECONDS_A_POINT = 30;
    private static final String DEFAULT_LANGUAGE = "en";

    private final MeasureOptions options;
    private final String alias;
    /** The experiment that is gone on with, or null. */
    private final Experiment before;
    private final EngineSpec engine;
    private final ModelFile model;
    private final AudioClip clip;
    private final PreparedClip audio;
    private final CpuLimits.Choice choice;
    private final Environment environment;
    private final Plan plan;

    /**
     * @param points the configurations wanted; which of them must be skipped is found out here
     * @throws UserError for anything that would keep the measurement from running
     */
    public Measurement(MeasureOptions options, String alias, List<Plan.Point> points) {
        options.check();
        Home home = Home.find();
        this.options = options;
        this.alias = alias;
        this.before = options.resume == null ? null : ExperimentFolder.readExperiment(options.resume);
        Plan old = before == null ? null : before.plan();
        this.engine = EngineSpec.parse(old == null ? options.engine : old.engine()).calibrated();
        this.model = !engine.needsModel() ? null : ModelFile.check(modelFile(home, old));
        Clips clips = Clips.open(home);
        this.clip = inLanguage(found(clips, old),
                old == null ? options.language : old.clip().language());
        this.audio = clips.prepare(clip);
        this.choice = CpuLimits.choose(old == null ? options.isolation : old.isolation(),
                old == null ? options.image : old.image());
        this.environment = EnvironmentProbe.read();
        this.plan = old == null ? newPlan(points) : resumedPlan(old);
    }

    private Path modelFile(Home home, Plan old) {
        if (old != null && old.model() == null) {
            throw new UserError(options.resume
                    + " names no model though its engine needs one; restore experiment.json");
        }
        boolean fromPlan = old != null && !options.given("--model");
        try {
            return ModelStore.find(home, fromPlan ? old.model().name() : options.model,
                    Progress.ofDownload("fetching the model"));
        } catch (UserError e) {
            throw fromPlan ? new UserError("The model of " + options.resume + " (" + old.model().name()
                    + ") was a file of yours; say where it is with --model PATH", e) : e;
        }
    }

    private AudioClip found(Clips clips, Plan old) {
        boolean fromPlan = old != null && !options.given("--clip");
        try {
            return clips.find(fromPlan ? old.clip().name() : options.clip);
        } catch (UserError e) {
            throw fromPlan ? new UserError("The clip of " + options.resume + " (" + old.clip().name()
                    + ") was a file of yours; say where it is with --clip PATH", e) : e;
        }
    }

    private static AudioClip inLanguage(AudioClip clip, String asked) {
        String language = asked != null ? asked : clip.language() != null ? clip.language() : DEFAULT_LANGUAGE;
        // the engine's own check of the code, before anything is started
        new Decoding(1, language);
        return new AudioClip(clip.name(), clip.original(), clip.seconds(), clip.sha256(), language, clip.reference());
    }

    private Plan newPlan(List<Plan.Point> wanted) {
        List<Plan.Point> points = wanted.stream().map(p -> new Plan.Point(p.coresLimit(), p.threads(), p.instances(),
                choice.limit().refusal(p.coresLimit()).orElse(null))).toList();
        long measured = points.stream().filter(p -> p.skipped() == null).count();
        if (measured == 0) {
            throw new UserError("Nothing to measure: " + points.stream()
                    .map(p -> Lab.cores(p.coresLimit()) + ": " + p.skipped()).distinct()
                    .collect(Collectors.joining("; ")));
        }
        double maxTimeSeconds = options.maxTime == null ? DEFAULT_SECONDS_A_POINT * measured
                : options.maxTime.toMillis() / 1e3;
        return new Plan(engine.toString(), modelRef(), clipRef(), DECODING, TIMING_SCOPE,
                choice.limit().isolation().label(), choice.reason(), options.image, points, options.precision,
                options.minRuns, maxTimeSeconds, options.seed);
    }

    private Plan.ModelRef modelRef() {
        return model == null ? null : new Plan.ModelRef(model.name(), model.sha256(), model.bytes());
    }

    private Plan.ClipRef clipRef() {
        return new Plan.ClipRef(clip.name(), audio.sha256(), audio.seconds(), clip.language(),
                clip.reference() != null);
    }

    private Plan resumedPlan(Plan old) {
        String folder = options.resume.toString();
        if (!Objects.equals(old.model(), modelRef())) {
            throw new UserError("The model is not the one of " + folder + " (" + old.model().name() + ", SHA-256 "
                    + old.model().sha256().substring(0, 12) + "…); give the right file with --model");
        }
        if (!old.clip().sha256().equals(audio.sha256())) {
            throw new UserError("The clip is not the one of " + folder + " (" + old.clip().name()
                    + "); give the right file with --clip");
        }
        if (!sameMachine(before.environment())) {
            throw new UserError(folder + " was measured on " + before.environment().hostName() + " ("
                    + before.environment().cpuModel() + "), this is " + environment.hostName() + " ("
                    + environment.cpuModel() + "); start a new experiment here");
        }
        double maxTimeSeconds = options.maxTime == null ? old.maxTimeSeconds() : options.maxTime.toMillis() / 1e3;
        return old.withEffort(options.given("--precision") ? options.precision : old.precision(),
                options.given("--min-runs") ? options.minRuns : old.minRuns(), maxTimeSeconds);
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
        out.append("engine     ").append(plan.engine()).append('\n');
        if (model != null) {
            out.append("model      ").append(model.name()).append('\n');
        }
        out.append("clip       ").append(clip.name()).append(String.format(java.util.Locale.ROOT, ", %.1f s of audio",
                audio.seconds())).append('\n');
        out.append("isolation  ").append(plan.isolation()).append(": ").append(plan.isolationReason()).append('\n');
        for (Plan.Point p : plan.points()) {
            out.append("point      ").append(Lab.words(p)).append(p.skipped() == null ? ""
                    : ", skipped: " + p.skipped())
                    .append('\n');
        }
        return out.append("time       about ").append(DurationOption.words(plan.maxTimeSeconds()))
                .append(" to measure in, less when every point is known to ±")
                .append(String.format(java.util.Locale.ROOT, "%.1f %%", plan.precision() * 100)).toString();
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
            try (Lab lab = new Lab(plan, choice.limit(), engine, model, clip, audio, options.timeout, folder)) {
                try {
                    lab.run();
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
        Judgement judgement = Judgement.of(plan, environment, folder.runs());
        return new Experiment(Experiment.SCHEMA_VERSION, alias, options.commandLine(), startedAt, finishedAt,
                GitCommit.of(Home.find().checkout()), environment, identity, plan, judgement.summaries(),
                judgement.verdict(), judgement.grade(), judgement.gradeReasons(), judgement.warnings());
    }
}
