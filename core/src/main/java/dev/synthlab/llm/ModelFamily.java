package dev.synthlab.llm;

import java.util.Locale;
import java.util.regex.Pattern;

/** The families of models that accept the same parameters. */
enum ModelFamily {
  /** OpenAI models without reasoning: they accept every parameter but the effort. */
  GPT,
  /** The first reasoning models of OpenAI: o1, o3, o4-mini. */
  O_SERIES,
  /** The reasoning models of OpenAI since gpt-5. */
  GPT_5,
  /** The chat models of OpenAI since gpt-5, whose effort cannot be set. */
  GPT_5_CHAT,
  /** All models of other providers. */
  OTHER;

  private static final Pattern O = Pattern.compile("o\\d.*");
  private static final Pattern FIVE = Pattern.compile("gpt-([5-9]|[1-9]\\d)([.-].*)?");

  static ModelFamily of(Model model) {
    if (!model.provider().equals("openai") && !model.provider().equals("azure")) {
      return OTHER;
    }
    String name = model.name().toLowerCase(Locale.ROOT);
    name = name.substring(name.lastIndexOf('/') + 1);
    name = name.startsWith("ft:") ? name.substring(3) : name;
    if (O.matcher(name).matches()) {
      return O_SERIES;
    }
    boolean five = FIVE.matcher(name).matches() && !name.startsWith("gpt-35");
    boolean reasons = model.can(Model.Ability.REASONING);
    if (name.contains("chat") && (five || reasons)) {
      return GPT_5_CHAT;
    }
    return five || reasons ? GPT_5 : GPT;
  }
}
