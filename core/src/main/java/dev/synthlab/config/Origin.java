package dev.synthlab.config;

import dev.synthlab.Internal;
import java.nio.file.Path;

/** Where the value of a variable comes from. */
@Internal
public sealed interface Origin {

  /**
   * The origin in words.
   *
   * @return for example {@code .env line 3}
   */
  String describe();

  /**
   * An option of the command.
   *
   * @param flag for example {@code --timeout}
   */
  record Option(String flag) implements Origin {
    @Override
    public String describe() {
      return "option " + flag;
    }
  }

  /**
   * A field of a builder.
   *
   * @param name the method that sets it
   */
  record Field(String name) implements Origin {
    @Override
    public String describe() {
      return "set by hand";
    }
  }

  /**
   * The environment of the process.
   *
   * @param name the name under which it is set, maybe an alias
   */
  record Env(String name) implements Origin {
    @Override
    public String describe() {
      return "env " + name;
    }
  }

  /**
   * A line of an environment file.
   *
   * @param file the file
   * @param line counted from 1
   */
  record DotEnv(Path file, int line) implements Origin {
    @Override
    public String describe() {
      Path name = file.getFileName();
      boolean plain = name != null && name.toString().equals(".env");
      return (plain ? ".env" : file) + " line " + line;
    }
  }

  /** It is not set; the default applies. */
  record Default() implements Origin {
    @Override
    public String describe() {
      return "default";
    }
  }

  /** It is not set, and there is no default. */
  record Unset() implements Origin {
    @Override
    public String describe() {
      return "not set";
    }
  }
}
