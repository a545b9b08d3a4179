package dev.synthlab.spans;

import io.opentelemetry.context.Context;
import io.opentelemetry.context.ContextKey;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Labels for all spans of some work: session, user, tags and metadata. Immutable.
 *
 * @param session the conversation; empty to keep that of the surrounding work
 * @param user the user; empty to keep that of the surrounding work
 * @param tags further tags, added to those of the surrounding work
 * @param metadata names and values, added to those of the surrounding work
 */
public record Labels(
    Optional<String> session,
    Optional<String> user,
    List<String> tags,
    Map<String, String> metadata) {
  /** The metadata name of the component of a service. */
  public static final String COMPONENT = "component";

  /** The metadata name of the bulk run. */
  public static final String RUN = "run_id";

  /** The metadata name of the row of a bulk run. */
  public static final String ROW = "custom_id";

  /** The metadata name that marks the repair of an answer. */
  public static final String REPAIR = "repair";

  private static final ContextKey<Labels> KEY = ContextKey.named("synthlab-labels");

  /** No labels. */
  public static final Labels NONE =
      new Labels(Optional.empty(), Optional.empty(), List.of(), Map.of());

  /** Copies tags and metadata. */
  public Labels {
    tags = List.copyOf(tags);
    metadata = metadata.isEmpty() ? Map.of() : new TreeMap<>(metadata);
  }

  /**
   * Creates labels with a session.
   *
   * @param id the id of the conversation
   * @return the labels
   */
  public static Labels session(String id) {
    return new Labels(Optional.of(id), Optional.empty(), List.of(), Map.of());
  }

  /**
   * The same labels with another user.
   *
   * @param id the id of the user
   * @return new labels
   */
  public Labels withUser(String id) {
    return new Labels(session, Optional.of(id), tags, metadata);
  }

  /**
   * The same labels with other tags.
   *
   * @param words all tags
   * @return new labels
   */
  public Labels withTags(String... words) {
    return new Labels(session, user, List.of(words), metadata);
  }

  /**
   * The same labels with one more metadata entry.
   *
   * @param name any name
   * @param value any value
   * @return new labels
   */
  public Labels with(String name, String value) {
    Map<String, String> more = new TreeMap<>(metadata);
    more.put(name, value);
    return new Labels(session, user, tags, more);
  }

  /**
   * The same labels with another component.
   *
   * @param name in lower case; what calls are counted by in {@code synthlab usage --by component}
   * @return new labels
   */
  public Labels withComponent(String name) {
    return with(COMPONENT, name);
  }

  /**
   * The labels of the current thread.
   *
   * @return those of all scopes around the current work; inner scopes override outer ones
   */
  public static Labels here() {
    return of(Context.current());
  }

  static Labels of(Context context) {
    Labels labels = context.get(KEY);
    return labels == null ? NONE : labels;
  }

  /** A context with these labels, added to those of a surrounding context. */
  Context within(Context around) {
    if (session.isEmpty() && user.isEmpty() && tags.isEmpty() && metadata.isEmpty()) {
      return around;
    }
    Labels outer = of(around);
    List<String> allTags = new ArrayList<>(outer.tags);
    tags.stream().filter(tag -> !outer.tags.contains(tag)).forEach(allTags::add);
    Map<String, String> all = new TreeMap<>(outer.metadata);
    all.putAll(metadata);
    return around.with(
        KEY, new Labels(session.or(() -> outer.session), user.or(() -> outer.user), allTags, all));
  }
}
