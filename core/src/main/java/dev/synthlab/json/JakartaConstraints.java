package dev.synthlab.json;

import dev.synthlab.json.SchemaNode.Limits;
import java.lang.annotation.Annotation;
import java.lang.reflect.RecordComponent;
import java.math.BigDecimal;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * A reader of Jakarta Validation's {@code @Min}, {@code @Max}, {@code @Size} and {@code @Pattern}
 * on components of records. It knows them by their names, since they need not be on the class path.
 */
final class JakartaConstraints {
  private static final String PACKAGE = "jakarta.validation.constraints.";

  /** RE2 repeats no expression more often. */
  private static final int MAX_REPEATS = 1_000;

  private final Map<String, Annotation> byName;
  private final String place;

  private JakartaConstraints(RecordComponent component, String place) {
    this.place = place;
    this.byName =
        SchemaNodes.annotations(component)
            .collect(
                Collectors.toMap(
                    each -> each.annotationType().getName(), each -> each, (a, b) -> b));
  }

  /**
   * Adds what the annotations say to the limits that leave it open.
   *
   * @param text whether the component is a text, whose length {@code @Size} limits
   * @throws IllegalArgumentException when an annotation cannot be written in a strict schema
   */
  static Limits added(Limits limits, RecordComponent component, boolean text, String place) {
    JakartaConstraints found = new JakartaConstraints(component, place);
    boolean count = found.byName.containsKey(PACKAGE + "Size") && !text;
    return new Limits(
        limits.min().or(() -> found.number("Min")),
        limits.max().or(() -> found.number("Max")),
        limits.pattern().or(() -> found.pattern(text)),
        count && limits.minItems() == 0 ? found.size("min") : limits.minItems(),
        count && limits.maxItems() == Integer.MAX_VALUE ? found.size("max") : limits.maxItems());
  }

  private Optional<BigDecimal> number(String name) {
    return member(name, "value").map(value -> new BigDecimal(value.toString()));
  }

  private int size(String member) {
    return (Integer) member("Size", member).orElseThrow();
  }

  private Optional<BoundedPattern> pattern(boolean text) {
    Optional<String> expression = member("Pattern", "regexp").map(String::valueOf);
    Optional<Object> flags = member("Pattern", "flags").filter(all -> ((Object[]) all).length > 0);
    boolean size = text && byName.containsKey(PACKAGE + "Size");
    if (flags.isPresent() || (size && expression.isPresent())) {
      throw new IllegalArgumentException(
          place
              + " has a @Pattern with flags or with a @Size beside it: write both as one pattern");
    }
    return (size ? Optional.of(length()) : expression.map(all -> "^(?:" + all + ")$"))
        .map(BoundedPattern::of);
  }

  /** Strict schemas have no keyword for the length of a text. */
  private String length() {
    int min = size("min");
    int max = size("max");
    boolean open = max == Integer.MAX_VALUE;
    if (min > MAX_REPEATS || (max > MAX_REPEATS && !open)) {
      throw new IllegalArgumentException(
          place + " has a @Size over " + MAX_REPEATS + ", which no pattern can express");
    }
    return "^[\\s\\S]{" + min + "," + (open ? "" : max) + "}$";
  }

  private Optional<Object> member(String name, String member) {
    Annotation annotation = byName.get(PACKAGE + name);
    if (annotation == null) {
      return Optional.empty();
    }
    try {
      return Optional.of(annotation.annotationType().getMethod(member).invoke(annotation));
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException(place + ": @" + name + " has no member " + member, e);
    }
  }
}
