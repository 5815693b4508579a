/**
 * What runs say and how sure it is: summaries with distribution-free intervals, bootstrap of ratios, outliers, the
 * verdicts on scaling; what a length of audio costs in time and memory, the slope of a soak, comparisons on the same
 * clips; and the word error rate of a transcript. Pure functions: no files, no clock, the same answer for the same runs
 * in any order.
 */
//DEPS org.hipparchus:hipparchus-stat:4.0.3
//SOURCES ../results/package-info.java
//SOURCES AudioCostModel.java
//SOURCES BasicNormalizer.java
//SOURCES Bootstrap.java
//SOURCES EnglishNormalizer.java
//SOURCES EnglishNumbers.java
//SOURCES LinearFit.java
//SOURCES MannWhitney.java
//SOURCES MemoryLine.java
//SOURCES Outliers.java
//SOURCES Precision.java
//SOURCES RatioOfSums.java
//SOURCES ScalingVerdict.java
//SOURCES Sentences.java
//SOURCES SharedCores.java
//SOURCES Soak.java
//SOURCES SpeedComparison.java
//SOURCES Summary.java
//SOURCES TheilSen.java
//SOURCES ThreadAdvice.java
//SOURCES WordErrorRate.java
//FILES lib/stats/english_spelling.json=english_spelling.json
package lib.stats;
