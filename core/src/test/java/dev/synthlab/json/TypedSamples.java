package dev.synthlab.json;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import java.lang.reflect.Type;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import java.util.UUID;

/** Types from flat to five deep, each with values. */
public final class TypedSamples {
  private TypedSamples() {}

  public record Sample(String name, Type type, Object value) {
    @Override
    public String toString() {
      return name;
    }
  }

  record Person(String name, int age) {}

  record Numbers(
      byte tiny,
      short small,
      long large,
      BigInteger huge,
      float single,
      double real,
      BigDecimal exact,
      boolean yes,
      Integer boxed) {}

  record Moments(
      LocalDate day,
      Instant moment,
      OffsetDateTime offset,
      LocalDateTime local,
      LocalTime time,
      Duration length,
      UUID id,
      URI link) {}

  @Description("How somebody feels")
  public enum Mood {
    @Description("glad, content")
    GOOD,
    BAD,
    @JsonProperty("so-so")
    MIDDLING
  }

  public record Survey(
      @Description("of the moment") Mood mood,
      Optional<Mood> before,
      Optional<String> remark,
      OptionalInt score,
      OptionalLong count,
      OptionalDouble weight,
      Optional<Person> friend) {}

  record Report(
      @Constraints(minItems = 1, maxItems = 5) List<String> tags,
      Set<Mood> moods,
      Map<String, Integer> counts,
      Map<Mood, List<Person>> people,
      List<List<Integer>> series,
      @Constraints(min = 0, max = 1) double share,
      @Constraints(pattern = "^[A-Z]{2}$") String country) {}

  public sealed interface Form permits Circle, Square, Pair {}

  public record Circle(double radius) implements Form {}

  record Square(double side, Optional<String> label) implements Form {}

  record Pair(Form first, Form second) implements Form {}

  public record Node(String name, List<Node> children) {}

  record Page<T>(List<T> rows, Optional<T> best, int number) {}

  sealed interface Result<T> permits Good, Bad {}

  record Good<T>(T value) implements Result<T> {}

  record Bad<T>(String why) implements Result<T> {}

  record Holder(Page<Person> people, Page<Mood> moods, Result<Person> one, Result<Person> other) {}

  sealed interface Payment permits Card, Transfer {}

  record Card(@JsonProperty("card_number") String number, LocalDate expires) implements Payment {}

  record Transfer(String iban, @Description("who pays") Account from) implements Payment {}

  record Account(
      @JsonPropertyDescription("as on the passport") String owner,
      Map<String, BigDecimal> limits) {}

  public record Order(UUID id, List<Line> lines, Payment payment, Address home, Address work) {}

  @Description("A place of delivery")
  record Address(String street, Optional<String> city) {}

  record Line(@Description("what is bought") String product, int count, List<Change> changes) {}

  sealed interface Change permits Discount, Gift {}

  record Discount(BigDecimal percent, Reason reason) implements Change {}

  record Gift(String words) implements Change {}

  sealed interface Reason permits Loyal, Damaged {}

  record Loyal(int years) implements Reason {}

  record Damaged(Set<String> parts, Map<String, List<LocalDate>> seen) implements Reason {}

  record Empty() {}

  public static List<Sample> all() {
    Person ann = new Person("Änn \"A\" 😀\n", 31);
    return List.of(
        new Sample("flat", Person.class, ann),
        new Sample("numbers", Numbers.class, numbers()),
        new Sample("moments", Moments.class, moments()),
        new Sample("optionals", Survey.class, survey(ann)),
        new Sample(
            "noOptionals",
            Survey.class,
            new Survey(
                Mood.MIDDLING,
                Optional.empty(),
                Optional.empty(),
                OptionalInt.empty(),
                OptionalLong.empty(),
                OptionalDouble.empty(),
                Optional.empty())),
        new Sample(
            "sealed",
            Form.class,
            new Pair(new Circle(1.5), new Pair(new Square(2, Optional.of("x")), new Circle(0.1)))),
        new Sample(
            "recursive",
            Node.class,
            new Node("r", List.of(new Node("a", List.of()), new Node("b", List.of())))),
        new Sample(
            "generic",
            Holder.class,
            new Holder(
                new Page<>(List.of(ann), Optional.of(ann), 1),
                new Page<>(List.of(Mood.BAD), Optional.empty(), 2),
                new Good<>(ann),
                new Bad<>("no"))),
        new Sample("fiveDeep", Order.class, order()),
        new Sample("empty", Empty.class, new Empty()),
        new Sample("collections", Report.class, report(ann)),
        new Sample("text", String.class, "just text"),
        new Sample("enum", Mood.class, Mood.MIDDLING));
  }

  private static Report report(Person ann) {
    Map<String, Integer> counts = new LinkedHashMap<>();
    counts.put("b", 2);
    counts.put("a", -1);
    return new Report(
        List.of("x", "y"),
        new LinkedHashSet<>(List.of(Mood.BAD, Mood.GOOD)),
        counts,
        Map.of(Mood.BAD, List.of(ann)),
        List.of(List.of(1, 2), List.of()),
        0.25,
        "NO");
  }

  private static Numbers numbers() {
    return new Numbers(
        (byte) -128,
        (short) 32767,
        Long.MIN_VALUE,
        BigInteger.TEN.pow(40),
        0.1f,
        Double.MIN_VALUE,
        new BigDecimal("1.500"),
        true,
        7);
  }

  private static Moments moments() {
    return new Moments(
        LocalDate.of(2026, 2, 28),
        Instant.parse("2026-02-28T23:59:59.123456789Z"),
        OffsetDateTime.parse("2026-02-28T10:00:00+05:30"),
        LocalDateTime.of(2026, 2, 28, 10, 0),
        LocalTime.of(10, 0),
        Duration.ofHours(49).plusMillis(5),
        new UUID(1, 2),
        URI.create("https://example.org/a?b=c#d"));
  }

  private static Survey survey(Person friend) {
    return new Survey(
        Mood.GOOD,
        Optional.of(Mood.BAD),
        Optional.of("null"),
        OptionalInt.of(3),
        OptionalLong.of(1L << 40),
        OptionalDouble.of(1e-9),
        Optional.of(friend));
  }

  private static Order order() {
    Map<String, List<LocalDate>> seen = new LinkedHashMap<>();
    seen.put("lid", List.of(LocalDate.of(2026, 1, 1), LocalDate.of(2026, 1, 2)));
    return new Order(
        new UUID(7, 7),
        List.of(
            new Line(
                "tea",
                2,
                List.of(
                    new Discount(
                        new BigDecimal("12.50"),
                        new Damaged(new LinkedHashSet<>(List.of("lid", "box")), seen)),
                    new Gift("thanks"),
                    new Discount(BigDecimal.ONE, new Loyal(4)))),
            new Line("cup", 1, List.of())),
        new Transfer("NO93", new Account("Änn", Map.of("daily", new BigDecimal("1E+3")))),
        new Address("Main St 1", Optional.of("Oslo")),
        new Address("Side St 2", Optional.empty()));
  }
}
