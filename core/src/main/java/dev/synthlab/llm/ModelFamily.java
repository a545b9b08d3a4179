package dev.synthlab.llm;

import java.util.Locale;
import java.util.regex.Pattern;

/** Models that take the same parameters. */
enum ModelFamily {
  /** OpenAI's that do not reason: they take everything but an effort. */
  GPT,
  /** OpenAI's first that reason: o1, o3, o4-mini. */
  O_SERIES,
  /** OpenAI's that reason, from gpt-5 on. */
  GPT_5,
  /** OpenAI's newer ones for chat, which reason by themselves. */
  GPT_5_CHAT,
  /** Those of others, whatever they are served by. */
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
