package dev.synthlab.spans;

import io.opentelemetry.context.Context;
import io.opentelemetry.context.ContextKey;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Words that every span within carries: whose work it is, and how to find it. Immutable.
 *
 * @param session the conversation, or empty for that of the work around
 * @param user the user, or empty for that of the work around
 * @param tags further words, added to those of the work around
 * @param metadata names and values, added to those of the work around
 */
public record Labels(
    Optional<String> session,
    Optional<String> user,
    List<String> tags,
    Map<String, String> metadata) {
  /** The name of the part of a service that does the work, among the names and values. */
  public static final String COMPONENT = "component";

  /** The name of the bulk run that the work belongs to. */
  public static final String RUN = "run_id";

  /** The name of the row of a bulk run. */
  public static final String ROW = "custom_id";

  /** Marks the work of mending an answer. */
  public static final String REPAIR = "repair";

  private static final ContextKey<Labels> KEY = ContextKey.named("synthlab-labels");

  /** No words. */
  public static final Labels NONE =
      new Labels(Optional.empty(), Optional.empty(), List.of(), Map.of());

  /** Keeps copies. */
  public Labels {
    tags = List.copyOf(tags);
    metadata = new TreeMap<>(metadata);
  }

  /**
   * The work of a conversation.
   *
   * @param id the service's name for it
   * @return labels
   */
  public static Labels session(String id) {
    return new Labels(Optional.of(id), Optional.empty(), List.of(), Map.of());
  }

  /**
   * The same labels, for somebody.
   *
   * @param id the service's name for the user
   * @return new labels
   */
  public Labels withUser(String id) {
    return new Labels(session, Optional.of(id), tags, metadata);
  }

  /**
   * The same labels with further words.
   *
   * @param words all of them
   * @return new labels
   */
  public Labels withTags(String... words) {
    return new Labels(session, user, List.of(words), metadata);
  }

  /**
   * The same labels with one more name and value.
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
   * The same labels, for the work of a part of the service.
   *
   * @param name in lower case; what calls are counted by in {@code synthlab usage --by component}
   * @return new labels
   */
  public Labels withComponent(String name) {
    return with(COMPONENT, name);
  }

  /**
   * The labels of the work that this thread does.
   *
   * @return those of all scopes it is in, the inner ones over the outer ones
   */
  public static Labels here() {
    return of(Context.current());
  }

  static Labels of(Context context) {
    Labels there = context.get(KEY);
    return there == null ? NONE : there;
  }

  /** These over those of the work around. */
  Context over(Context around) {
    Labels outer = of(around);
    List<String> allTags = new ArrayList<>(outer.tags);
    tags.stream().filter(tag -> !outer.tags.contains(tag)).forEach(allTags::add);
    Map<String, String> all = new TreeMap<>(outer.metadata);
    all.putAll(metadata);
    return around.with(
        KEY, new Labels(session.or(() -> outer.session), user.or(() -> outer.user), allTags, all));
  }
}
