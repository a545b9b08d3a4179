package dev.synthlab.llm;

import com.fasterxml.jackson.annotation.JsonAutoDetect;
import com.fasterxml.jackson.annotation.JsonAutoDetect.Visibility;
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
import org.jspecify.annotations.Nullable;

/**
 * What is known of one model: what it accepts, how much it can read and write, what it costs.
 * Immutable.
 */
@JsonAutoDetect(fieldVisibility = Visibility.ANY, getterVisibility = Visibility.NONE)
public final class Model {
  private final String name;
  private final String provider;
  private final Kind kind;
  private final Optional<Price> price;
  private final Optional<LongPrice> longPrice;
  private final OptionalLong contextWindow;
  private final OptionalLong maxOutput;
  private final OptionalInt vectorSize;
  private final Set<Ability> abilities;
  private final List<String> efforts;
  private final Optional<String> defaultEffort;
  private final Optional<LocalDate> shutOff;
  private final transient ModelFamily family;

  Model(
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
    this.name = name;
    this.provider = provider;
    this.kind = kind;
    this.price = price;
    this.longPrice = longPrice;
    this.contextWindow = contextWindow;
    this.maxOutput = maxOutput;
    this.vectorSize = vectorSize;
    this.abilities =
        abilities.isEmpty() ? Set.of() : Collections.unmodifiableSet(EnumSet.copyOf(abilities));
    this.efforts = List.copyOf(efforts);
    this.defaultEffort = defaultEffort;
    this.shutOff = shutOff;
    this.family = ModelFamily.of(this);
  }

  /** The family by whose rules requests are adapted. */
  ModelFamily family() {
    return family;
  }

  /** {@return the name in the catalogue} */
  public String name() {
    return name;
  }

  /** {@return who serves it, for example {@code openai}; empty when that is not known} */
  public String provider() {
    return provider;
  }

  /** {@return what it is for} */
  public Kind kind() {
    return kind;
  }

  /** {@return the price of its tokens; empty when it is not known, which does not mean free} */
  public Optional<Price> price() {
    return price;
  }

  /** {@return the price of its tokens in a long request} */
  public Optional<LongPrice> longPrice() {
    return longPrice;
  }

  /** {@return the maximum number of tokens that it reads} */
  public OptionalLong contextWindow() {
    return contextWindow;
  }

  /** {@return the maximum number of tokens that it writes, reasoning included} */
  public OptionalLong maxOutput() {
    return maxOutput;
  }

  /** {@return the length of its vectors, for an embedding model} */
  public OptionalInt vectorSize() {
    return vectorSize;
  }

  /** {@return what it can do} */
  public Set<Ability> abilities() {
    return abilities;
  }

  /**
   * {@return the values of {@code reasoning_effort} that it accepts; empty when they are not known}
   */
  public List<String> efforts() {
    return efforts;
  }

  /**
   * {@return the {@code reasoning_effort} when the request names none; empty when it is not known}
   */
  public Optional<String> defaultEffort() {
    return defaultEffort;
  }

  /** {@return the first day on which it is no longer served} */
  public Optional<LocalDate> shutOff() {
    return shutOff;
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof Model that
        && name.equals(that.name)
        && provider.equals(that.provider)
        && kind.equals(that.kind)
        && price.equals(that.price)
        && longPrice.equals(that.longPrice)
        && contextWindow.equals(that.contextWindow)
        && maxOutput.equals(that.maxOutput)
        && vectorSize.equals(that.vectorSize)
        && abilities.equals(that.abilities)
        && efforts.equals(that.efforts)
        && defaultEffort.equals(that.defaultEffort)
        && shutOff.equals(that.shutOff);
  }

  @Override
  public int hashCode() {
    return Objects.hash(
        name,
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
        shutOff);
  }

  /** What a model is for. */
  public enum Kind {
    /** Chat completions. */
    CHAT,
    /** Only the Responses API. */
    RESPONSES,
    /** Embeddings. */
    EMBEDDING,
    /** Image generation. */
    IMAGE,
    /** Anything else. */
    OTHER
  }

  /** What a model can do. */
  public enum Ability {
    /** Calls tools. */
    TOOLS,
    /** Calls several tools in one answer. */
    PARALLEL_TOOLS,
    /** Reads images. */
    VISION,
    /** Reasons before it answers. */
    REASONING,
    /** Supports strict JSON Schema output. */
    STRICT_SCHEMA,
    /** Accepts system messages. */
    SYSTEM_MESSAGES,
    /** Accepts temperature and other sampling options, at least under some conditions. */
    SAMPLING
  }

  /**
   * The price of a token, in US dollars.
   *
   * @param input a token sent
   * @param cached a token sent that the provider had cached
   * @param output a token received
   */
  public record Price(BigDecimal input, BigDecimal cached, BigDecimal output) {
    /** Refuses null. */
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
   * The price of all tokens of a long request.
   *
   * @param above a request with more input tokens than this is long
   * @param price of its tokens
   */
  public record LongPrice(long above, Price price) {}

  /**
   * Whether the model has an ability.
   *
   * @param ability the ability
   * @return false also when it is not known
   */
  public boolean can(Ability ability) {
    return abilities.contains(ability);
  }

  /**
   * Whether the model supports strict JSON Schema output.
   *
   * @return false also when it is not known
   */
  public boolean strictSchema() {
    return can(Ability.STRICT_SCHEMA);
  }

  /**
   * The cost of an answer. Reasoning tokens are included in the output tokens.
   *
   * @param usage the tokens of the answer
   * @return US dollars, exact; empty when the price or the number of tokens is not known
   */
  public Optional<BigDecimal> costUsd(Usage usage) {
    if (!usage.known() && usage.totalTokens() == 0) {
      return Optional.empty();
    }
    if (longPrice.isPresent() && usage.inputTokens() > longPrice.get().above()) {
      return Optional.of(longPrice.get().price().of(usage));
    }
    return price.isPresent() ? Optional.of(price.get().of(usage)) : Optional.empty();
  }

  /** The same model by another name, without the shut-off date. */
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

  @Override
  public String toString() {
    return name;
  }
}
