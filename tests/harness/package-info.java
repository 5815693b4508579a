/**
 * What the {@code test} command is made of: the suite in a JVM of its own, its outcomes, coverage and page, and the
 * formatter of the sources. No test of the product lies here; those are in the folder of their room.
 */
// The BOM, because JBang would otherwise take parts of JUnit 5 that the parent POM of another library names.
//DEPS org.junit:junit-bom:6.1.3@pom
//DEPS org.junit.jupiter:junit-jupiter:6.1.3
//DEPS org.junit.platform:junit-platform-launcher:6.1.3
//DEPS org.jacoco:org.jacoco.agent:0.8.16
//DEPS org.jacoco:org.jacoco.report:0.8.16
//DEPS com.samskivert:jmustache:1.16
//DEPS org.eclipse.jdt:org.eclipse.jdt.core:3.41.0
//SOURCES ../../lib/cli/package-info.java
//SOURCES ../../lib/measure/package-info.java
//SOURCES ../../lib/report/package-info.java
//SOURCES ../../lib/results/package-info.java
//SOURCES Checkout.java
//SOURCES Coverage.java
//SOURCES Examples.java
//SOURCES JBangJar.java
//SOURCES QuietMachine.java
//SOURCES RoomCoverage.java
//SOURCES Selection.java
//SOURCES SourceFormatter.java
//SOURCES Suite.java
//SOURCES SuiteChild.java
//SOURCES SuiteEvent.java
//SOURCES SuitePage.java
//SOURCES SuiteResult.java
//SOURCES TestOutcome.java
package tests.harness;
