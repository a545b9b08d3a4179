package dev.synthlab.call;

import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The meaning of the codes and messages with which servers describe errors. Codes are compared
 * without case and punctuation.
 */
final class ErrorCodes {
  private static final Map<String, Integer> STATUS =
      Map.ofEntries(
          Map.entry("insufficientquota", 402),
          Map.entry("billingerror", 402),
          Map.entry("paymentrequired", 402),
          Map.entry("ratelimitexceeded", 429),
          Map.entry("ratelimiterror", 429),
          Map.entry("ratelimited", 429),
          Map.entry("toomanyrequests", 429),
          Map.entry("resourceexhausted", 429),
          Map.entry("invalidapikey", 401),
          Map.entry("authenticationerror", 401),
          Map.entry("unauthenticated", 401),
          Map.entry("unauthorized", 401),
          Map.entry("permissionerror", 403),
          Map.entry("permissiondenied", 403),
          Map.entry("forbidden", 403),
          Map.entry("modelnotfound", 404),
          Map.entry("notfounderror", 404),
          Map.entry("notfound", 404),
          Map.entry("contextlengthexceeded", 400),
          Map.entry("invalidrequesterror", 400),
          Map.entry("badrequesterror", 400),
          Map.entry("badrequest", 400),
          Map.entry("invalidargument", 400),
          Map.entry("failedprecondition", 400),
          Map.entry("contentfilter", 400),
          Map.entry("contentpolicyviolation", 400),
          Map.entry("requesttoolarge", 413),
          Map.entry("servererror", 500),
          Map.entry("internalservererror", 500),
          Map.entry("internalerror", 500),
          Map.entry("internal", 500),
          Map.entry("apierror", 500),
          Map.entry("badgateway", 502),
          Map.entry("serviceunavailable", 503),
          Map.entry("unavailable", 503),
          Map.entry("timeouterror", 504),
          Map.entry("gatewaytimeout", 504),
          Map.entry("deadlineexceeded", 504),
          Map.entry("overloadederror", 529),
          Map.entry("overloaded", 529));

  private static final Set<String> QUOTA =
      Set.of(
          "insufficientquota",
          "insufficientbalance",
          "insufficientcredits",
          "insufficientfunds",
          "billinghardlimitreached",
          "billingnotactive",
          "billingerror",
          "paymentrequired",
          "creditbalancetoolow",
          "exceededcurrentquotaerror",
          "budgetexceeded",
          "arrearage",
          "dailylimitexceeded");

  /** A code of some servers for an empty account, and of others for a limit per minute. */
  private static final String QUOTA_OR_RATE = "quotaexceeded";

  private static final Pattern QUOTA_WORDS =
      Pattern.compile(
          "credit balance is too low|insufficient (?:credits?|balance|quota|funds)"
              + "|(?:out of|not enough|used all available) credits|requires more credits"
              + "|credit limit exceeded|budget has been exceeded|payment required"
              + "|(?:monthly|spending|spend|usage|billing|key|hard) limit (?:(?:has been|was|is) )?"
              + "(?:exceeded|reached)"
              + "|reached (?:your|its|the) (?:[a-z]+ ){0,3}(?:usage|spending|credit|billing) limit");

  private static final Set<String> KEY =
      Set.of(
          "invalidapikey",
          "apikeyinvalid",
          "apikeyexpired",
          "expiredapikey",
          "incorrectapikey",
          "apikeyserviceblocked",
          "invalidkey",
          "invalidauthentication",
          "authenticationerror",
          "unauthenticated",
          "unauthorized",
          "accountdeactivated",
          "nodbconnection"); // of LiteLLM without a database, for every key but its master key

  private static final Pattern KEY_WORDS =
      Pattern.compile(
          "(?:invalid|incorrect|wrong|missing|expired|unknown|no) (?:x-)?api[- _]?key"
              + "|api[- _]?key (?:(?:is|was|has) )?(?:not valid|invalid|incorrect|expired|missing)"
              + "|no auth credentials|authentication failed|invalid authentication");

  private static final Set<String> FILTER =
      Set.of(
          "contentfilter",
          "contentfiltered",
          "contentpolicyviolation",
          "contentmoderation",
          "contentblocked",
          "responsibleaipolicyviolation",
          "moderationblocked",
          "prohibitedcontent",
          "datainspectionfailed");

  private static final Pattern FILTER_WORDS =
      Pattern.compile(
          "content management policy|content[ _]?policy[ _]?violation|safety system"
              + "|requires moderation");

  private static final Set<String> MODEL =
      Set.of("modelnotfound", "deploymentnotfound", "modelnotavailable", "invalidmodel");
  private static final Pattern MODEL_WORDS =
      Pattern.compile(
          "not found|not exist|invalid model|not a valid model|unknown model|no such model|model: ");

  private static final Pattern LONG_PERIOD =
      Pattern.compile(
          "per[-_ ]?(?:day|week|month)|/ ?(?:day|week|month)\\b|\\bdaily|_daily|\\bmonthly"
              + "|\\b[rt]pd\\b");
  private static final Pattern SHORT_PERIOD =
      Pattern.compile(
          "per[-_ ]?(?:min|sec|hour)|/ ?(?:min|sec|s\\b|hour)|\\b[rt]p[ms]\\b|a minute");

  private static final Pattern RATE_WORDS =
      Pattern.compile("rate[- ]?limit|too many requests|throttl");
  private static final Pattern OVERLOAD_WORDS =
      Pattern.compile("overloaded|temporarily unavailable|at capacity");

  /** The part of a message that is searched; the message is that of a server, of any size. */
  private static final int SEARCHED = 4_000;

  private ErrorCodes() {}

  static boolean isStatus(String code) {
    return code.matches("[45]\\d\\d");
  }

  /** The status that corresponds to an error: by its first known code, else by its message. */
  static OptionalInt status(ErrorBody body) {
    Optional<Integer> byCode =
        body.codes().stream().flatMap(code -> byCode(code).stream()).findFirst();
    return byCode.or(() -> byWords(body)).map(OptionalInt::of).orElseGet(OptionalInt::empty);
  }

  private static Optional<Integer> byCode(String code) {
    return isStatus(code)
        ? Optional.of(Integer.valueOf(code))
        : Optional.ofNullable(STATUS.get(plain(code)));
  }

  private static Optional<Integer> byWords(ErrorBody body) {
    if (isKey(body)) {
      return Optional.of(401);
    }
    if (isQuota(body)) {
      return Optional.of(402);
    }
    if (isFilter(body)) {
      return Optional.of(400);
    }
    if (says(body, RATE_WORDS)) {
      return Optional.of(429);
    }
    return says(body, OVERLOAD_WORDS) ? Optional.of(503) : Optional.empty();
  }

  /** Whether the account has no quota or no credits left. */
  static boolean isQuota(ErrorBody body) {
    return names(body, QUOTA)
        || ((names(body, Set.of(QUOTA_OR_RATE)) || says(body, QUOTA_WORDS))
            && !isShortPeriod(body));
  }

  /** Whether a limit per day, week or month is reached, which no wait within a run ends. */
  static boolean isLongPeriod(ErrorBody body) {
    String reasons = String.join(" ", body.reasons()).toLowerCase(Locale.ROOT);
    return LONG_PERIOD.matcher(reasons).find() || (!isShortPeriod(body) && says(body, LONG_PERIOD));
  }

  private static boolean isShortPeriod(ErrorBody body) {
    String reasons = String.join(" ", body.reasons()).toLowerCase(Locale.ROOT);
    return !LONG_PERIOD.matcher(reasons).find()
        && (SHORT_PERIOD.matcher(reasons).find() || says(body, SHORT_PERIOD));
  }

  /** Whether the credential was rejected. */
  static boolean isKey(ErrorBody body) {
    return names(body, KEY) || says(body, KEY_WORDS);
  }

  /** Whether the codes say that the credential was rejected. */
  static boolean namesKey(ErrorBody body) {
    return names(body, KEY);
  }

  /** Whether a content filter refused the request. */
  static boolean isFilter(ErrorBody body) {
    return names(body, FILTER) || says(body, FILTER_WORDS);
  }

  /** Whether the server does not have the model: by a code, or by words beside its name. */
  static boolean isUnknownModel(ErrorBody body, String model) {
    if (names(body, MODEL)) {
      return true;
    }
    String name = model.toLowerCase(Locale.ROOT);
    String rest = searched(body).replace(name, "");
    return searched(body).contains(name) && rest.contains("model") && says(body, MODEL_WORDS);
  }

  private static boolean names(ErrorBody body, Set<String> codes) {
    return Stream.concat(body.codes().stream(), body.reasons().stream())
        .anyMatch(code -> codes.contains(plain(code)));
  }

  private static boolean says(ErrorBody body, Pattern words) {
    return words.matcher(searched(body)).find();
  }

  private static String searched(ErrorBody body) {
    String message = body.message();
    return message.substring(0, Math.min(message.length(), SEARCHED)).toLowerCase(Locale.ROOT);
  }

  private static String plain(String code) {
    StringBuilder plain = new StringBuilder(code.length());
    for (char c : code.toLowerCase(Locale.ROOT).toCharArray()) {
      if (Character.isLetterOrDigit(c)) {
        plain.append(c);
      }
    }
    return plain.toString();
  }
}
