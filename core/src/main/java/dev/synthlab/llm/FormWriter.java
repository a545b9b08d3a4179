package dev.synthlab.llm;

import java.lang.reflect.Array;
import java.lang.reflect.InvocationTargetException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Java values as the trees that {@link FormReader} reads. */
final class FormWriter {
  private FormWriter() {}

  static @Nullable Object write(Form form, Object value) {
    return switch (form) {
      case Form.Flag flag -> value;
      case Form.Numeric number -> finite(value);
      case Form.Text text -> value;
      case Form.Spelled spelled -> spelled.writes().apply(value);
      case Form.Choice choice -> name(choice, value);
      case Form.Items items ->
          elements(value).stream()
              .map(element -> write(items.item(), element))
              .collect(ArrayList::new, ArrayList::add, ArrayList::addAll);
      case Form.Entries entries -> entries(entries, (Map<?, ?>) value);
      case Form.Maybe maybe ->
          maybe.absence().content(value).map(inner -> write(maybe.inner(), inner)).orElse(null);
      case Form.Fields fields -> fields(fields, value, new LinkedHashMap<>());
      case Form.Variants variants -> variant(variants, value);
      case Form.Named named -> write(named.target(), value);
    };
  }

  private static Object finite(Object value) {
    if ((value instanceof Double real && !Double.isFinite(real))
        || (value instanceof Float single && !Float.isFinite(single))) {
      throw new IllegalArgumentException("JSON has no number " + value);
    }
    return value;
  }

  private static String name(Form.Choice choice, Object value) {
    return choice.constants().entrySet().stream()
        .filter(entry -> entry.getValue().equals(value))
        .findFirst()
        .orElseThrow()
        .getKey();
  }

  private static List<Object> elements(Object value) {
    List<Object> all = new ArrayList<>();
    if (value instanceof Iterable<?> several) {
      several.forEach(all::add);
    } else {
      for (int i = 0; i < Array.getLength(value); i++) {
        all.add(Objects.requireNonNull(Array.get(value, i)));
      }
    }
    return all;
  }

  private static List<Object> entries(Form.Entries entries, Map<?, ?> map) {
    List<Object> all = new ArrayList<>();
    map.forEach(
        (key, value) -> {
          Map<String, @Nullable Object> entry = new LinkedHashMap<>();
          entry.put("key", write(entries.key(), key));
          entry.put("value", write(entries.value(), value));
          all.add(entry);
        });
    return all;
  }

  private static Map<String, @Nullable Object> variant(Form.Variants variants, Object value) {
    Map<String, @Nullable Object> tree = new LinkedHashMap<>();
    Map.Entry<String, Form.Named> is =
        variants.byName().entrySet().stream()
            .filter(entry -> ((Form.Fields) entry.getValue().target()).type().isInstance(value))
            .findFirst()
            .orElseThrow();
    tree.put(Shape.DISCRIMINATOR, is.getKey());
    return fields((Form.Fields) is.getValue().target(), value, tree);
  }

  private static Map<String, @Nullable Object> fields(
      Form.Fields fields, Object value, Map<String, @Nullable Object> tree) {
    for (Form.Field field : fields.fields()) {
      try {
        Object part = field.accessor().invoke(value);
        tree.put(field.name(), write(field.form(), Objects.requireNonNull(part, field::name)));
      } catch (IllegalAccessException e) {
        throw new IllegalStateException("the accessor was opened when the shape was made", e);
      } catch (InvocationTargetException e) {
        throw new IllegalArgumentException(
            fields.type().getSimpleName() + "." + field.name() + " cannot be read", e.getCause());
      }
    }
    return tree;
  }
}
