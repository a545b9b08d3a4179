package dev.synthlab.config;

import java.util.List;
import java.util.stream.Stream;

/**
 * The facts about one variable.
 *
 * @param effect what it decides
 * @param kind the syntax of its values
 * @param description what it sets, in Markdown
 * @param choices for a CHOICE, its values in lower case
 * @param min for a COUNT, the smallest value
 * @param max for a COUNT, the greatest value
 * @param defaultText its default, or an empty string
 * @param aliases its other names
 */
record VariableDefinition(
    VariableEffect effect,
    VariableKind kind,
    String description,
    List<String> choices,
    int min,
    int max,
    String defaultText,
    List<String> aliases) {

  static VariableDefinition definition(
      VariableEffect effect, VariableKind kind, String description) {
    return new VariableDefinition(effect, kind, description, List.of(), 0, 0, "", List.of());
  }

  /** A variable that any {@code .env} may set. */
  static VariableDefinition setting(VariableKind kind, String description) {
    return definition(VariableEffect.TUNING, kind, description);
  }

  VariableDefinition withChoices(String... values) {
    return new VariableDefinition(
        effect, kind, description, List.of(values), min, max, defaultText, aliases);
  }

  VariableDefinition withRange(int from, int to) {
    return new VariableDefinition(
        effect, kind, description, choices, from, to, defaultText, aliases);
  }

  VariableDefinition withDefault(String text) {
    return new VariableDefinition(effect, kind, description, choices, min, max, text, aliases);
  }

  VariableDefinition withAlias(String name) {
    List<String> all = Stream.concat(aliases.stream(), Stream.of(name)).toList();
    return new VariableDefinition(effect, kind, description, choices, min, max, defaultText, all);
  }
}
