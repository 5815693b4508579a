/** What several commands share: the way from options over a measurement to a report. */
//SOURCES ../cli/package-info.java
//SOURCES ../measure/package-info.java
//SOURCES ../report/package-info.java
//SOURCES MeasureCommand.java
package lib.commands;
