package dev.synthlab.rules;

import java.util.OptionalInt;

/**
 * A violation of a rule. Immutable.
 *
 * @param rule the violated rule
 * @param className the full name of the class, or the name of a file that is not a class
 * @param member the method or field; empty for the class as a whole
 * @param file the source file that the class names, or the path of a scanned file
 * @param line the line in the file, if known
 * @param what the violation, without secrets
 */
public record Violation(
    Rule rule, String className, String member, String file, OptionalInt line, String what) {

  /**
   * The location in the form of a stack trace element, which IDEs can open.
   *
   * @return for example {@code com.acme.Weather.ask(Weather.java:12)}
   */
  public String where() {
    String at = line.isPresent() ? file + ":" + line.getAsInt() : file;
    return (member.isEmpty() ? className : className + "." + member) + "(" + at + ")";
  }

  /** The line of a baseline; it has no line number, so that it survives moved lines. */
  String key() {
    return String.join("\t", rule.id(), className, member, what);
  }
}
