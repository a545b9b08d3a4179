package dev.synthlab.json;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import dev.synthlab.json.SchemaNode.Absence;
import dev.synthlab.json.SchemaNode.Container;
import dev.synthlab.json.SchemaNode.Limits;
import java.lang.annotation.Annotation;
import java.lang.reflect.AnnotatedElement;
import java.lang.reflect.Constructor;
import java.lang.reflect.Field;
import java.lang.reflect.GenericArrayType;
import java.lang.reflect.InaccessibleObjectException;
import java.lang.reflect.Method;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.lang.reflect.TypeVariable;
import java.lang.reflect.WildcardType;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The factory of {@link SchemaNode}s of Java types, by reflection. For one type and one thread. */
final class SchemaNodes {
  private static final String ALLOWED =
      "use records, enums, List, Set, Map, arrays, sealed interfaces of records, Optional, String,"
          + " numbers, boolean, dates and times of java.time, UUID or URI";

  private static final int MAX_TYPES = 200;

  private final Map<Known, SchemaNode.RefNode> named = new HashMap<>();
  private final Set<String> names = new HashSet<>();

  /** A class and what its type parameters stand for. */
  private record Known(Class<?> raw, List<Known> arguments) {
    String name() {
      return raw.getSimpleName()
          + arguments.stream()
              .map(Known::name)
              .collect(Collectors.joining("And"))
              .transform(all -> all.isEmpty() ? "" : "Of" + all);
    }

    Map<TypeVariable<?>, Known> binding() {
      Map<TypeVariable<?>, Known> binding = new HashMap<>();
      TypeVariable<?>[] variables = raw.getTypeParameters();
      for (int i = 0; i < variables.length && i < arguments.size(); i++) {
        binding.put(variables[i], arguments.get(i));
      }
      return binding;
    }
  }

  static String nameOf(Type type) {
    return known(type, Map.of(), "the type").name().replace("[]", "s");
  }

  SchemaNode make(Type type) {
    Known known = known(type, Map.of(), "the type");
    return form(known, Limits.NONE, "the type " + known.name());
  }

  /** A type with every variable replaced by what it stands for. */
  private static Known known(Type type, Map<TypeVariable<?>, Known> binding, String place) {
    return switch (type) {
      case Class<?> raw ->
          new Known(
              raw,
              raw.isArray() ? List.of(known(raw.getComponentType(), binding, place)) : List.of());
      case ParameterizedType applied ->
          new Known(
              (Class<?>) applied.getRawType(),
              Arrays.stream(applied.getActualTypeArguments())
                  .map(argument -> known(argument, binding, place))
                  .toList());
      case GenericArrayType array -> {
        Known component = known(array.getGenericComponentType(), binding, place);
        yield new Known(component.raw().arrayType(), List.of(component));
      }
      case WildcardType any -> known(any.getUpperBounds()[0], binding, place);
      case TypeVariable<?> variable -> {
        Known bound = binding.get(variable);
        if (bound == null) {
          throw new IllegalArgumentException(
              place + " is of the open type " + variable.getName() + ": say which it is");
        }
        yield bound;
      }
      default -> throw new IllegalArgumentException(place + " is of an unknown type: " + type);
    };
  }

  private SchemaNode form(Known type, Limits limits, String place) {
    Class<?> raw = type.raw();
    SchemaNode simple = ScalarTypes.of(raw, limits);
    if (simple != null) {
      return simple;
    }
    if (raw.isEnum()) {
      return choice(raw, place);
    }
    if (raw.isArray()) {
      Known item = type.arguments().getFirst();
      return new SchemaNode.ArrayNode(
          new Container.Array(item.raw()), form(item, limits, place), limits);
    }
    if (raw == Optional.class) {
      SchemaNode inner = form(argument(type, 0, place), limits, place);
      if (inner instanceof SchemaNode.OptionalNode) {
        throw unsupported(type, place);
      }
      return new SchemaNode.OptionalNode(inner, Absence.ANY);
    }
    if (raw == List.class || raw == Collection.class) {
      SchemaNode item = form(argument(type, 0, place), limits, place);
      return new SchemaNode.ArrayNode(new Container.Listed(), item, limits);
    }
    if (raw == Set.class) {
      SchemaNode item = form(argument(type, 0, place), limits, place);
      return new SchemaNode.ArrayNode(new Container.Unique(), item, limits);
    }
    if (raw == Map.class) {
      return entries(type, limits, place);
    }
    if (raw.isRecord() || (raw.isInterface() && raw.isSealed())) {
      return named(type, place).used();
    }
    throw unsupported(type, place);
  }

  private SchemaNode entries(Known type, Limits limits, String place) {
    SchemaNode key = form(argument(type, 0, place), Limits.NONE, place);
    boolean text =
        key instanceof SchemaNode.TextNode
            || key instanceof SchemaNode.EnumNode
            || key instanceof SchemaNode.FormattedTextNode;
    if (!text) {
      throw new IllegalArgumentException(
          place + " is a map whose keys are no texts: only String, enums, dates, UUID and URI are");
    }
    return new SchemaNode.MapNode(key, form(argument(type, 1, place), limits, place), limits);
  }

  private static Known argument(Known type, int index, String place) {
    if (index >= type.arguments().size()) {
      throw new IllegalArgumentException(
          place + " is a " + type.raw().getSimpleName() + " of no type: say of what");
    }
    return type.arguments().get(index);
  }

  private static IllegalArgumentException unsupported(Known type, String place) {
    return new IllegalArgumentException(
        place + " cannot be filled by a model, it is " + type.raw().getName() + ": " + ALLOWED);
  }

  private SchemaNode.RefNode named(Known type, String place) {
    SchemaNode.RefNode before = named.get(type);
    if (before != null) {
      return before;
    }
    if (named.size() >= MAX_TYPES) {
      throw new IllegalArgumentException(
          place + " leads to more than " + MAX_TYPES + " types: a generic one may grow for ever");
    }
    SchemaNode.RefNode made =
        new SchemaNode.RefNode(freeName(type.name().replaceAll("[^A-Za-z0-9_-]", "")));
    named.put(type, made);
    made.is(type.raw().isRecord() ? fields(type, place) : variants(type, place));
    return made;
  }

  private String freeName(String wish) {
    String name = wish;
    for (int i = 2; !names.add(name); i++) {
      name = wish + i;
    }
    return name;
  }

  private SchemaNode.ObjectNode fields(Known type, String place) {
    Class<?> raw = type.raw();
    Map<TypeVariable<?>, Known> binding = type.binding();
    List<SchemaNode.Field> fields = new ArrayList<>();
    List<Class<?>> parameters = new ArrayList<>();
    Set<String> seen = new HashSet<>();
    for (RecordComponent component : raw.getRecordComponents()) {
      String at = raw.getSimpleName() + "." + component.getName();
      SchemaNode.Field field = field(component, binding, at);
      if (!seen.add(field.name())) {
        throw new IllegalArgumentException(at + ": the name " + field.name() + " is used twice");
      }
      fields.add(field);
      parameters.add(component.getType());
    }
    return new SchemaNode.ObjectNode(
        raw, canonical(raw, parameters, place), fields, described(raw));
  }

  private SchemaNode.Field field(
      RecordComponent component, Map<TypeVariable<?>, Known> binding, String at) {
    Known type = known(component.getGenericType(), binding, at);
    boolean text =
        type.raw() == String.class
            || (type.raw() == Optional.class && argument(type, 0, at).raw() == String.class);
    Limits limits =
        JakartaConstraints.added(
            Limits.of(component.getAnnotation(Constraints.class)), component, text, at);
    JsonProperty property = annotation(component, JsonProperty.class);
    String name =
        property == null || property.value().isEmpty() ? component.getName() : property.value();
    JsonPropertyDescription words = annotation(component, JsonPropertyDescription.class);
    Optional<String> description =
        described(component).or(() -> Optional.ofNullable(words).map(w -> w.value()));
    return new SchemaNode.Field(name, form(type, limits, at), description, accessor(component, at));
  }

  /** Annotations that know no record components stand on what the compiler makes of them. */
  private static <A extends Annotation> @Nullable A annotation(
      RecordComponent component, Class<A> kind) {
    A there = component.getAccessor().getAnnotation(kind);
    if (there != null) {
      return there;
    }
    try {
      return component
          .getDeclaringRecord()
          .getDeclaredField(component.getName())
          .getAnnotation(kind);
    } catch (NoSuchFieldException e) {
      return null;
    }
  }

  private static Method accessor(RecordComponent component, String at) {
    Method accessor = component.getAccessor();
    open(accessor, at);
    return accessor;
  }

  private static Constructor<?> canonical(Class<?> raw, List<Class<?>> parameters, String place) {
    try {
      Constructor<?> canonical = raw.getDeclaredConstructor(parameters.toArray(Class<?>[]::new));
      open(canonical, place);
      return canonical;
    } catch (NoSuchMethodException e) {
      throw new IllegalStateException("every record has a canonical constructor", e);
    }
  }

  private static void open(java.lang.reflect.AccessibleObject member, String place) {
    try {
      member.setAccessible(true);
    } catch (InaccessibleObjectException e) {
      throw new IllegalArgumentException(
          place + " cannot be reached: its module must open the package to dev.synthlab.core", e);
    }
  }

  private SchemaNode.UnionNode variants(Known type, String place) {
    Map<String, SchemaNode.RefNode> byName = new LinkedHashMap<>();
    collect(type, place, byName);
    return new SchemaNode.UnionNode(
        type.raw(), Collections.unmodifiableMap(byName), described(type.raw()));
  }

  private void collect(Known type, String place, Map<String, SchemaNode.RefNode> byName) {
    for (Class<?> permitted : type.raw().getPermittedSubclasses()) {
      Known variant = variantOf(type, permitted, place);
      if (permitted.isInterface() && permitted.isSealed()) {
        collect(variant, place, byName);
      } else if (!permitted.isRecord()) {
        throw new IllegalArgumentException(
            place
                + " cannot be filled by a model: of the sealed "
                + type.raw().getSimpleName()
                + ", "
                + permitted.getSimpleName()
                + " is not a record");
      } else if (!byName.containsKey(permitted.getSimpleName())) {
        byName.put(permitted.getSimpleName(), variant(variant, place));
      } else {
        throw new IllegalArgumentException(
            place + ": two records are called " + permitted.getSimpleName());
      }
    }
  }

  private SchemaNode.RefNode variant(Known variant, String place) {
    for (RecordComponent component : variant.raw().getRecordComponents()) {
      JsonProperty property = annotation(component, JsonProperty.class);
      String name =
          property == null || property.value().isEmpty() ? component.getName() : property.value();
      if (name.equals(JsonBinding.DISCRIMINATOR)) {
        throw new IllegalArgumentException(
            variant.raw().getSimpleName()
                + "."
                + component.getName()
                + " has the name that tells the records of a sealed interface apart: rename it, or"
                + " name it otherwise by @JsonProperty");
      }
    }
    return named(variant, place);
  }

  /** A permitted class, its own type parameters told from those of the interface. */
  private static Known variantOf(Known type, Class<?> permitted, String place) {
    Map<TypeVariable<?>, Known> binding = new HashMap<>();
    for (Type parent : permitted.getGenericInterfaces()) {
      if (parent instanceof ParameterizedType applied && applied.getRawType() == type.raw()) {
        Type[] arguments = applied.getActualTypeArguments();
        for (int i = 0; i < arguments.length && i < type.arguments().size(); i++) {
          if (arguments[i] instanceof TypeVariable<?> variable) {
            binding.put(variable, type.arguments().get(i));
          }
        }
      }
    }
    return new Known(
        permitted,
        Arrays.stream(permitted.getTypeParameters())
            .map(variable -> known(variable, binding, place + "'s " + permitted.getSimpleName()))
            .toList());
  }

  private static SchemaNode.EnumNode choice(Class<?> raw, String place) {
    Map<String, Object> constants = new LinkedHashMap<>();
    List<String> notes = new ArrayList<>();
    described(raw).ifPresent(notes::add);
    for (Object constant : raw.getEnumConstants()) {
      Field field = constantField(raw, (Enum<?>) constant);
      JsonProperty property = field.getAnnotation(JsonProperty.class);
      String name =
          property == null || property.value().isEmpty()
              ? ((Enum<?>) constant).name()
              : property.value();
      constants.put(name, constant);
      described(field).ifPresent(words -> notes.add(name + ": " + words));
    }
    if (constants.isEmpty()) {
      throw new IllegalArgumentException(place + " is an enum without constants");
    }
    return new SchemaNode.EnumNode(
        raw,
        Collections.unmodifiableMap(constants),
        notes.isEmpty() ? Optional.empty() : Optional.of(String.join("; ", notes)));
  }

  private static Field constantField(Class<?> raw, Enum<?> constant) {
    try {
      return raw.getField(constant.name());
    } catch (NoSuchFieldException e) {
      throw new IllegalStateException("every constant of an enum is a field", e);
    }
  }

  private static Optional<String> described(AnnotatedElement element) {
    return Optional.ofNullable(element.getAnnotation(Description.class)).map(Description::value);
  }
}
