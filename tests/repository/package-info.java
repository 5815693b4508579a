/**
 * What holds for the repository as a whole: it compiles cleanly, is formatted, names each library once, and says the
 * same everywhere.
 */
package tests.repository;
