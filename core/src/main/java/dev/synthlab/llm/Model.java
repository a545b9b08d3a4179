package dev.synthlab.llm;

import java.math.BigDecimal;
import java.time.LocalDate;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;

/**
 * What is known of one model: what it takes, how much it can hold, what it costs. Immutable.
 *
 * @param name its name in the catalogue
 * @param provider who serves it, for example {@code openai}; empty when that is not known
 * @param kind what it is for
 * @param price what its tokens cost; empty when that is not known, which is not the same as nothing
 * @param longPrice what they cost when a request is long
 * @param contextWindow the most tokens it reads
 * @param maxOutput the most tokens it writes, those it thinks with included
 * @param vectorSize the length of its vectors, for a model that embeds
 * @param abilities what it can do
 * @param efforts the values of {@code reasoning_effort} that it takes; empty when not known
 * @param defaultEffort the effort when none is named; empty when not known
 * @param shutOff the day from which on it is not served any more
 */
public record Model(
    String name,
    String provider,
    Kind kind,
    Optional<Price> price,
    Optional<LongPrice> longPrice,
    OptionalLong contextWindow,
    OptionalLong maxOutput,
    OptionalInt vectorSize,
    Set<Ability> abilities,
    List<String> efforts,
    Optional<String> defaultEffort,
    Optional<LocalDate> shutOff) {

  /** What a model is for. */
  public enum Kind {
    /** Answers over Chat Completions. */
    CHAT,
    /** Answers over the Responses API only. */
    RESPONSES,
    /** Turns texts into vectors. */
    EMBEDDING,
    /** Makes images. */
    IMAGE,
    /** Anything else. */
    OTHER
  }

  /** What a model can do. */
  public enum Ability {
    /** Calls tools. */
    TOOLS,
    /** Calls several tools in one turn. */
    PARALLEL_TOOLS,
    /** Sees images. */
    VISION,
    /** Thinks before it answers. */
    REASONING,
    /** Answers by a strict JSON Schema. */
    STRICT_SCHEMA,
    /** Takes a system message. */
    SYSTEM_MESSAGES,
    /** Takes temperature and its like, at least under some conditions. */
    SAMPLING
  }

  /**
   * What a token costs, in US dollars.
   *
   * @param input a token sent
   * @param cached a token sent that the provider had cached
   * @param output a token received
   */
  public record Price(BigDecimal input, BigDecimal cached, BigDecimal output) {
    /** Refuses what is missing. */
    public Price {
      Objects.requireNonNull(input);
      Objects.requireNonNull(cached);
      Objects.requireNonNull(output);
    }

    private BigDecimal of(Usage usage) {
      long cachedTokens = Math.min(usage.cachedTokens(), usage.inputTokens());
      return input
          .multiply(BigDecimal.valueOf(usage.inputTokens() - cachedTokens))
          .add(cached.multiply(BigDecimal.valueOf(cachedTokens)))
          .add(output.multiply(BigDecimal.valueOf(usage.outputTokens())));
    }
  }

  /**
   * What all tokens of a long request cost.
   *
   * @param above it is long when more tokens than this are sent
   * @param price what they cost then
   */
  public record LongPrice(long above, Price price) {}

  /** Keeps copies. */
  public Model {
    abilities =
        abilities.isEmpty() ? Set.of() : Collections.unmodifiableSet(EnumSet.copyOf(abilities));
    efforts = List.copyOf(efforts);
  }

  /**
   * Whether it can do something.
   *
   * @param ability what
   * @return false also when nothing is known of it
   */
  public boolean can(Ability ability) {
    return abilities.contains(ability);
  }

  /**
   * Whether it can be held to a strict JSON Schema.
   *
   * @return false also when nothing is known of it
   */
  public boolean strictSchema() {
    return can(Ability.STRICT_SCHEMA);
  }

  /**
   * What an answer cost. Tokens of reasoning are a part of those received.
   *
   * @param usage its tokens
   * @return US dollars, exact; empty when the price or the tokens are not known
   */
  public Optional<BigDecimal> costUsd(Usage usage) {
    if (!usage.known() && usage.totalTokens() == 0) {
      return Optional.empty();
    }
    return longPrice
        .filter(tier -> usage.inputTokens() > tier.above())
        .map(LongPrice::price)
        .or(() -> price)
        .map(each -> each.of(usage));
  }

  /** The same under another name, which may be served longer. */
  Model as(String other) {
    return new Model(
        other,
        provider,
        kind,
        price,
        longPrice,
        contextWindow,
        maxOutput,
        vectorSize,
        abilities,
        efforts,
        defaultEffort,
        Optional.empty());
  }
}
