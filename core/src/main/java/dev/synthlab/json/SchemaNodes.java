package dev.synthlab.json;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import dev.synthlab.json.SchemaNode.Limits;
import java.lang.annotation.Annotation;
import java.lang.reflect.AnnotatedElement;
import java.lang.reflect.Constructor;
import java.lang.reflect.Field;
import java.lang.reflect.InaccessibleObjectException;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.lang.reflect.TypeVariable;
import java.util.ArrayList;
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
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JavaType;
import tools.jackson.databind.type.TypeFactory;

/** The factory of {@link SchemaNode}s of Java types, by reflection. For one type and one thread. */
final class SchemaNodes {
  private static final String ALLOWED =
      "use records, enums, List, Set, Map, arrays, sealed interfaces of records, Optional, String,"
          + " numbers, boolean, dates and times of java.time, UUID or URI";

  private static final int MAX_TYPES = 200;

  private static final TypeFactory TYPES = Json.mapper().getTypeFactory();

  private final Map<JavaType, SchemaNode.RefNode> named = new HashMap<>();
  private final Set<String> names = new HashSet<>();

  static String nameOf(Type type) {
    return nameOf(TYPES.constructType(type)).replace("[]", "s");
  }

  /** The simple name of a type and those of its type arguments. */
  private static String nameOf(JavaType type) {
    List<JavaType> parts =
        type.isArrayType()
            ? List.of(type.getContentType())
            : type.getBindings().getTypeParameters();
    return type.getRawClass().getSimpleName()
        + (parts.isEmpty() ? "" : "Of")
        + parts.stream().map(SchemaNodes::nameOf).collect(Collectors.joining("And"));
  }

  SchemaNode make(Type type) {
    JavaType known = TYPES.constructType(type);
    return form(known, Limits.NONE, "the type " + nameOf(known));
  }

  private SchemaNode form(JavaType type, Limits limits, String place) {
    Class<?> raw = type.getRawClass();
    SchemaNode simple = ScalarTypes.of(raw, limits);
    if (simple != null) {
      return simple;
    }
    if (raw.isEnum()) {
      return choice(raw, place);
    }
    if (raw.isArray()) {
      return new SchemaNode.ArrayNode(raw, form(type.getContentType(), limits, place), limits);
    }
    if (raw == Optional.class) {
      SchemaNode inner = form(argument(type, 0, place), limits, place);
      if (inner instanceof SchemaNode.OptionalNode) {
        throw unsupported(type, place);
      }
      return new SchemaNode.OptionalNode(
          inner, Optional.empty(), Optional::of, some -> ((Optional<?>) some).orElseThrow());
    }
    if (raw == List.class || raw == Collection.class || raw == Set.class) {
      return new SchemaNode.ArrayNode(raw, form(argument(type, 0, place), limits, place), limits);
    }
    if (raw == Map.class) {
      return entries(type, limits, place);
    }
    if (raw.isRecord() || (raw.isInterface() && raw.isSealed())) {
      return named(type, place).used();
    }
    throw unsupported(type, place);
  }

  private SchemaNode entries(JavaType type, Limits limits, String place) {
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

  private static JavaType argument(JavaType type, int index, String place) {
    JavaType argument = type.getBindings().getBoundTypeOrNull(index);
    if (argument == null) {
      throw new IllegalArgumentException(
          place + " is a " + type.getRawClass().getSimpleName() + " of no type: say of what");
    }
    return argument;
  }

  private static IllegalArgumentException unsupported(JavaType type, String place) {
    return new IllegalArgumentException(
        place
            + " cannot be filled by a model, it is "
            + type.getRawClass().getName()
            + ": "
            + ALLOWED);
  }

  private SchemaNode.RefNode named(JavaType type, String place) {
    SchemaNode.RefNode before = named.get(type);
    if (before != null) {
      return before;
    }
    if (named.size() >= MAX_TYPES) {
      throw new IllegalArgumentException(
          place + " leads to more than " + MAX_TYPES + " types: a generic one may grow for ever");
    }
    SchemaNode.RefNode made =
        new SchemaNode.RefNode(freeName(nameOf(type).replaceAll("[^A-Za-z0-9_-]", "")));
    named.put(type, made);
    made.is(type.getRawClass().isRecord() ? fields(type, place) : variants(type, place));
    return made;
  }

  private String freeName(String wish) {
    String name = wish;
    for (int i = 2; !names.add(name); i++) {
      name = wish + i;
    }
    return name;
  }

  private SchemaNode.ObjectNode fields(JavaType type, String place) {
    Class<?> raw = type.getRawClass();
    List<SchemaNode.Field> fields = new ArrayList<>();
    Set<String> seen = new HashSet<>();
    for (RecordComponent component : raw.getRecordComponents()) {
      String at = raw.getSimpleName() + "." + component.getName();
      SchemaNode.Field field = field(component, type, at);
      if (!seen.add(field.name())) {
        throw new IllegalArgumentException(at + ": the name " + field.name() + " is used twice");
      }
      fields.add(field);
    }
    return new SchemaNode.ObjectNode(raw, canonical(raw, place), fields, described(raw));
  }

  private SchemaNode.Field field(RecordComponent component, JavaType owner, String at) {
    if (owner.getBindings().isEmpty()) {
      refuseOpen(component.getGenericType(), at);
    }
    JavaType type = TYPES.resolveMemberType(component.getGenericType(), owner.getBindings());
    JavaType content = type.hasRawClass(Optional.class) ? argument(type, 0, at) : type;
    Limits limits =
        JakartaConstraints.added(
            Limits.of(component.getAnnotation(Constraints.class)),
            component,
            content.hasRawClass(String.class),
            at);
    open(component.getAccessor(), at);
    JsonPropertyDescription words = annotation(component, JsonPropertyDescription.class);
    Optional<String> description =
        described(component).or(() -> Optional.ofNullable(words).map(w -> w.value()));
    return new SchemaNode.Field(
        jsonName(component), form(type, limits, at), description, component.getAccessor());
  }

  private static void refuseOpen(Type type, String at) {
    switch (type) {
      case TypeVariable<?> open ->
          throw new IllegalArgumentException(
              at + " is of the open type " + open.getName() + ": say which it is");
      case ParameterizedType applied ->
          Stream.of(applied.getActualTypeArguments()).forEach(part -> refuseOpen(part, at));
      default -> {}
    }
  }

  /** The name of a component in JSON. */
  private static String jsonName(RecordComponent component) {
    return jsonName(annotation(component, JsonProperty.class), component.getName());
  }

  private static String jsonName(@Nullable JsonProperty property, String name) {
    return property == null || property.value().isEmpty() ? name : property.value();
  }

  private static <A extends Annotation> @Nullable A annotation(
      RecordComponent component, Class<A> kind) {
    return annotations(component).filter(kind::isInstance).map(kind::cast).findFirst().orElse(null);
  }

  /** Annotations without the target RECORD_COMPONENT stand on the accessor and the field. */
  static Stream<Annotation> annotations(RecordComponent component) {
    try {
      Field field = component.getDeclaringRecord().getDeclaredField(component.getName());
      return Stream.of(component.getAccessor().getAnnotations(), field.getAnnotations())
          .flatMap(Stream::of);
    } catch (NoSuchFieldException e) {
      throw new IllegalStateException("every component of a record has a field", e);
    }
  }

  private static Constructor<?> canonical(Class<?> raw, String place) {
    try {
      Class<?>[] parameters =
          Stream.of(raw.getRecordComponents())
              .map(RecordComponent::getType)
              .toArray(Class<?>[]::new);
      Constructor<?> canonical = raw.getDeclaredConstructor(parameters);
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

  private SchemaNode.UnionNode variants(JavaType type, String place) {
    Map<String, SchemaNode.RefNode> byName = new LinkedHashMap<>();
    collect(type, place, byName);
    return new SchemaNode.UnionNode(
        type.getRawClass(), Collections.unmodifiableMap(byName), described(type.getRawClass()));
  }

  private void collect(JavaType type, String place, Map<String, SchemaNode.RefNode> byName) {
    for (Class<?> permitted : type.getRawClass().getPermittedSubclasses()) {
      JavaType variant = TYPES.constructSpecializedType(type, permitted);
      String name = permitted.getSimpleName();
      if (permitted.isInterface() && permitted.isSealed()) {
        collect(variant, place, byName);
      } else if (!permitted.isRecord()) {
        throw new IllegalArgumentException(
            place
                + " cannot be filled by a model: of the sealed "
                + type.getRawClass().getSimpleName()
                + ", "
                + name
                + " is not a record");
      } else if (byName.put(name, variant(variant, place)) != null) {
        throw new IllegalArgumentException(place + ": two records are called " + name);
      }
    }
  }

  private SchemaNode.RefNode variant(JavaType variant, String place) {
    for (RecordComponent component : variant.getRawClass().getRecordComponents()) {
      if (jsonName(component).equals(JsonBinding.DISCRIMINATOR)) {
        throw new IllegalArgumentException(
            variant.getRawClass().getSimpleName()
                + "."
                + component.getName()
                + " has the name that tells the records of a sealed interface apart: rename it, or"
                + " name it otherwise by @JsonProperty");
      }
    }
    return named(variant, place);
  }

  private static SchemaNode.EnumNode choice(Class<?> raw, String place) {
    Map<String, Object> constants = new LinkedHashMap<>();
    List<String> notes = new ArrayList<>();
    described(raw).ifPresent(notes::add);
    for (Object constant : raw.getEnumConstants()) {
      Field field = constantField(raw, (Enum<?>) constant);
      String name = jsonName(field.getAnnotation(JsonProperty.class), field.getName());
      constants.put(name, constant);
      described(field).ifPresent(words -> notes.add(name + ": " + words));
    }
    if (constants.isEmpty()) {
      throw new IllegalArgumentException(place + " is an enum without constants");
    }
    return new SchemaNode.EnumNode(
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
