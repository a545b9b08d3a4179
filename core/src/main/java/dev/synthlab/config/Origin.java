package dev.synthlab.config;

import java.nio.file.Path;

/** Where the value of a variable comes from. */
public sealed interface Origin {

  /**
   * In words, for a person.
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
   * The environment of the process.
   *
   * @param name the name under which it stands there, maybe an alias
   */
  record Env(String name) implements Origin {
    @Override
    public String describe() {
      return "env " + name;
    }
  }

  /**
   * A line of a file of variables.
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

  /** Nobody set it; the default holds. */
  record Default() implements Origin {
    @Override
    public String describe() {
      return "default";
    }
  }

  /** Nobody set it and there is no default. */
  record Unset() implements Origin {
    @Override
    public String describe() {
      return "not set";
    }
  }
}
