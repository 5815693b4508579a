/**
 * What a person reads of an experiment: tables and a small plot for the terminal, a Markdown page and charts for its
 * folder. Charts are drawn without a library; {@link lib.report.Svg} says why.
 */
//SOURCES ../cli/package-info.java
//SOURCES ../results/package-info.java
//SOURCES ../stats/package-info.java
//SOURCES AudioCharts.java
//SOURCES AudioReport.java
//SOURCES ExperimentReport.java
//SOURCES Figures.java
//SOURCES HeatMap.java
//SOURCES ScalingCharts.java
//SOURCES ScalingReport.java
//SOURCES Svg.java
//SOURCES TerminalPlot.java
//SOURCES ThreadReport.java
package lib.report;
