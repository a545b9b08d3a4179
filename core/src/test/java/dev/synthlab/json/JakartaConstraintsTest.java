package dev.synthlab.json;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.Pattern;
import jakarta.validation.constraints.Size;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class JakartaConstraintsTest {
  record Person(
      @Min(1) @Max(120) int age,
      @Pattern(regexp = "[A-Z]{2}") String country,
      @Size(min = 2, max = 3) Optional<String> nickname,
      @Size(max = 2) List<String> tags) {}

  @Test
  void constrainsTheAnswersOfTheModel() {
    JsonBinding binding = JsonBinding.of(Person.class);

    assertThat(StrictRules.broken(binding.schema().tree())).isEmpty();
    assertThat(
            binding
                .read(
                    Map.of(
                        "age",
                        0,
                        "country",
                        "xNO",
                        "nickname",
                        "a",
                        "tags",
                        List.of("a", "b", "c")))
                .violations())
        .containsExactly(
            "$.age must be at least 1, was 0",
            "$.country must match ^(?:[A-Z]{2})$, was \"xNO\"",
            "$.nickname must match ^[\\s\\S]{2,3}$, was \"a\"",
            "$.tags must have at most 2 elements, has 3");
    assertThat(
            binding
                .read(Map.of("age", 120, "country", "NO", "nickname", "ab", "tags", List.of()))
                .violations())
        .isEmpty();
  }

  @Test
  void doesNotReplaceTheConstraintsOfThisLibrary() {
    record Rating(@Min(1) @Constraints(min = 2) int stars) {}

    assertThat(JsonBinding.of(Rating.class).read(Map.of("stars", 1)).violations())
        .containsExactly("$.stars must be at least 2, was 1");
  }

  @Test
  void refusesConstraintsThatAStrictSchemaCannotExpress() {
    record Both(@Size(min = 2) @Pattern(regexp = "a+") String text) {}

    record Flags(@Pattern(regexp = "a+", flags = Pattern.Flag.CASE_INSENSITIVE) String text) {}

    record Large(@Size(max = 5_000) String text) {}

    for (Class<?> type : List.of(Both.class, Flags.class, Large.class)) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> JsonBinding.of(type))
          .withMessageStartingWith(type.getSimpleName() + ".text has a @");
    }
  }
}
