package dev.synthlab.rules;

import java.util.Set;

/**
 * A report, and what it does not cover.
 *
 * @param report the report
 * @param unchecked the rules that were not checked
 * @param complete whether all files could be read
 */
record ScanResult(CheckReport report, Set<Rule> unchecked, boolean complete) {}
