package dev.synthlab.batch;

import dev.synthlab.llm.PromptTemplate;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * The format of an input, and how its rows become requests. Immutable.
 *
 * @param kind the format of the file
 * @param idColumn the column with the ids of the rows, else {@code custom_id} or {@code id} where
 *     there is one, else the number of the line
 * @param template makes the prompt of a row from its columns
 * @param delimiter the ASCII character between two fields of a table; if empty, it is the one in a
 *     first line {@code sep=;}, else a tab in TSV, else detected in the first records
 */
public record InputFormat(
    Kind kind,
    Optional<String> idColumn,
    Optional<PromptTemplate> template,
    OptionalInt delimiter) {
  /** One JSON object per line, each a request. */
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

  /** The formats of a file. */
  public enum Kind {
    /** One JSON object per line. */
    JSON_LINES,
    /** Comma-separated values with a header (RFC 4180). */
    CSV,
    /** Tab-separated values with a header. */
    TSV;

    /**
     * The format of a file, by the end of its name.
     *
     * @param file the file; it is not read
     * @return CSV for {@code .csv}, TSV for {@code .tsv}, else JSON lines
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
   * @param kind the format of the file
   * @return the form
   */
  public static InputFormat of(Kind kind) {
    return new InputFormat(kind, Optional.empty(), Optional.empty(), OptionalInt.empty());
  }

  /**
   * A copy with an id column.
   *
   * @param column its name; every row must have it
   * @return the copy
   */
  public InputFormat withIdColumn(String column) {
    return new InputFormat(kind, Optional.of(column), template, delimiter);
  }

  /**
   * A copy with a template.
   *
   * @param prompt the template for rows that are not requests themselves
   * @return the copy
   */
  public InputFormat withTemplate(PromptTemplate prompt) {
    return new InputFormat(kind, idColumn, Optional.of(prompt), delimiter);
  }

  /**
   * A copy with a delimiter.
   *
   * @param between an ASCII character, for example {@code ;}
   * @return the copy
   */
  public InputFormat withDelimiter(char between) {
    return new InputFormat(kind, idColumn, template, OptionalInt.of(between));
  }

  /** Whether the file is a table, whose rows are columns and not requests. */
  boolean tabular() {
    return kind != Kind.JSON_LINES;
  }
}
