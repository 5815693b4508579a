package lib.commands;

import java.nio.file.Path;
import lib.cli.Cli;
import lib.measure.MeasureOptions;
import lib.measure.Measurement;
import lib.measure.Wish;
import lib.report.ExperimentReport;

/** What every measuring command does with its wish: show the plan, measure, report. */
public abstract class MeasureCommand extends Cli.Base {
    /** In the command, so that its own options come first in the help. */
    protected abstract MeasureOptions options();

    /** Name of the command, and of its experiments. */
    protected abstract String alias();

    protected abstract Wish wish();

    @Override
    public Integer call() {
        MeasureOptions options = options();
        Measurement measurement = new Measurement(options, alias(), wish());
        if (options.dryRun()) {
            System.out.println(measurement.outline());
            return Cli.DONE;
        }
        System.err.println(measurement.outline());
        Path folder = measurement.run();
        ExperimentReport report = ExperimentReport.of(folder);
        report.write();
        System.out.println(options.json() ? report.json() : report.text());
        return measurement.plan().refused().isEmpty() ? Cli.DONE : Cli.FAILED;
    }
}
