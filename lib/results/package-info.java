/**
 * The file format of an experiment: the records that are its rows and its JSON, the writer that appends them as they
 * happen, and the reader that gives them back. Everything downstream (statistics, sizing, report, notebooks) reads
 * these files and never the runner's memory. The format, column by column, is in {@code results/README.md}.
 */
//DEPS com.fasterxml.jackson.core:jackson-databind:2.22.4
//DEPS com.fasterxml.jackson.dataformat:jackson-dataformat-csv:2.22.4
//DEPS com.fasterxml.jackson.datatype:jackson-datatype-jsr310:2.22.4
//SOURCES ../cli/UserError.java
//SOURCES Cores.java
//SOURCES EngineIdentity.java
//SOURCES Environment.java
//SOURCES Estimate.java
//SOURCES Experiment.java
//SOURCES ExperimentFolder.java
//SOURCES Json.java
//SOURCES Plan.java
//SOURCES PointSummary.java
//SOURCES Run.java
//SOURCES RunStatus.java
//SOURCES SoakSample.java
//SOURCES TextDigest.java
//SOURCES Verdict.java
//SOURCES WarningNote.java
package lib.results;
