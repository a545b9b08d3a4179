package dev.synthlab.rules;

import java.util.Set;

/**
 * A report, and what it says nothing about.
 *
 * @param report the report
 * @param unchecked the rules that were not looked at
 * @param complete whether everything that was named could be read
 */
record ScanResult(CheckReport report, Set<Rule> unchecked, boolean complete) {}
