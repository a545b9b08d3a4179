package dev.synthlab.rules;

import java.util.OptionalInt;

/**
 * One place that breaks a rule. Immutable.
 *
 * @param rule the rule that is broken
 * @param className the full name of the class, or the name of a file that holds no class
 * @param member the method or field; empty when it is the class as a whole
 * @param file the source file as the class names it, or the path of a scanned file
 * @param line the line in it, where it is known
 * @param what is wrong there, without any secret
 */
public record Violation(
    Rule rule, String className, String member, String file, OptionalInt line, String what) {

  /**
   * Where it is, in the form of a stack trace, which editors know how to open.
   *
   * @return for example {@code com.acme.Weather.ask(Weather.java:12)}
   */
  public String where() {
    String at = line.isPresent() ? file + ":" + line.getAsInt() : file;
    return (member.isEmpty() ? className : className + "." + member) + "(" + at + ")";
  }

  /** What stays the same when lines move: what a baseline holds. */
  String key() {
    return String.join("\t", rule.id(), className, member, what);
  }
}
