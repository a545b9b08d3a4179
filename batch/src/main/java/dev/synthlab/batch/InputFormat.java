package dev.synthlab.batch;

import dev.synthlab.llm.PromptTemplate;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * How the rows of an input stand in it, and how a row that is no request becomes one. Immutable.
 *
 * @param kind the form of the file
 * @param idColumn the column with each row's id, else {@code custom_id} or {@code id} where there
 *     is one, else the number of the line
 * @param template makes the prompt of a row out of its columns
 * @param delimiter the ASCII character between two fields of a table; where it is not given, it is
 *     what a first line {@code sep=;} says, else a tab in TSV, else found in the first records
 */
public record InputFormat(
    Kind kind,
    Optional<String> idColumn,
    Optional<PromptTemplate> template,
    OptionalInt delimiter) {
  /** One JSON object a line, each a request. */
  public static final InputFormat JSON_LINES = of(Kind.JSON_LINES);

  /** Checks that the delimiter can be one. */
  public InputFormat {
    Objects.requireNonNull(kind);
    int between = delimiter.orElse(',');
    if (between <= 0 || between > '~' || "\"\r\n".indexOf(between) >= 0) {
      throw new IllegalArgumentException(
          "the delimiter must be an ASCII character other than a quote and a line end");
    }
  }

  /** The forms of a file. */
  public enum Kind {
    /** One JSON object a line. */
    JSON_LINES,
    /** Values between commas, with a header, quoted as RFC 4180 says. */
    CSV,
    /** The same between tabs. */
    TSV;

    /**
     * The form that a file's name says.
     *
     * @param file only its name is looked at
     * @return by {@code .csv} or {@code .tsv} at the end of its name, else JSON lines
     */
    public static Kind of(Path file) {
      String name = file.toString().toLowerCase(Locale.ROOT);
      if (name.endsWith(".csv")) {
        return CSV;
      }
      return name.endsWith(".tsv") ? TSV : JSON_LINES;
    }
  }

  /**
   * A form without an id column and a template.
   *
   * @param kind the form of the file
   * @return the form
   */
  public static InputFormat of(Kind kind) {
    return new InputFormat(kind, Optional.empty(), Optional.empty(), OptionalInt.empty());
  }

  /**
   * The same form with the ids in a column.
   *
   * @param column its name; every row must have it
   * @return a new form
   */
  public InputFormat withIdColumn(String column) {
    return new InputFormat(kind, Optional.of(column), template, delimiter);
  }

  /**
   * The same form with prompts made of columns.
   *
   * @param prompt for rows that are no requests themselves
   * @return a new form
   */
  public InputFormat withTemplate(PromptTemplate prompt) {
    return new InputFormat(kind, idColumn, Optional.of(prompt), delimiter);
  }

  /**
   * The same form of a table with its fields between certain characters.
   *
   * @param between an ASCII character, for example {@code ;}
   * @return a new form
   */
  public InputFormat withDelimiter(char between) {
    return new InputFormat(kind, idColumn, template, OptionalInt.of(between));
  }

  /** Whether a row is columns in the first place, and no request. */
  boolean tabular() {
    return kind != Kind.JSON_LINES;
  }
}
