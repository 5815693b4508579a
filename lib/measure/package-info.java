/**
 * How an experiment is made and judged: the points of a plan, the interleaved schedule, the stopping rule, the lab that
 * runs them in workers, and the judgement: a pure function from the rows of {@code runs.csv} to summaries, warnings,
 * grade and verdict.
 */
//SOURCES ../cli/package-info.java
//SOURCES ../audio/package-info.java
//SOURCES ../engine/package-info.java
//SOURCES ../host/package-info.java
//SOURCES ../results/package-info.java
//SOURCES ../stats/package-info.java
//SOURCES Attempt.java
//SOURCES Checks.java
//SOURCES CoreLadder.java
//SOURCES Curve.java
//SOURCES Evidence.java
//SOURCES GitCommit.java
//SOURCES Judgement.java
//SOURCES Lab.java
//SOURCES Measurement.java
//SOURCES MeasureOptions.java
//SOURCES OneClipOptions.java
//SOURCES Schedule.java
//SOURCES StoppingRule.java
//SOURCES Subject.java
//SOURCES Summaries.java
//SOURCES ThreadCounts.java
//SOURCES Verdicts.java
//SOURCES Warning.java
//SOURCES Wish.java
//SOURCES Workers.java
package lib.measure;
