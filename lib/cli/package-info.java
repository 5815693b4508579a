/**
 * One way to run a command: options and their units, messages, exit codes, progress, and where the product's own files
 * are.
 */
//JAVAC_OPTIONS -encoding UTF-8
//DEPS info.picocli:picocli:4.7.7
//DEPS me.tongfei:progressbar:0.10.2
//SOURCES Cli.java
//SOURCES Download.java
//SOURCES DurationOption.java
//SOURCES Home.java
//SOURCES MeasurementFailed.java
//SOURCES Progress.java
//SOURCES SecondsOption.java
//SOURCES SizeOption.java
//SOURCES TextTable.java
//SOURCES UserError.java
package lib.cli;
