package dev.freehold.inspection;

import dev.freehold.inspection.Features.Count;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;

/// Counts what the app's own code asks of its backend.
final class FeatureDetector {
  private static final Pattern AUTH =
      Pattern.compile(
          "\\.auth\\s*+(?:\\.\\s*+(admin|mfa)\\s*+)?\\.\\s*+(signUp|signIn\\w+|signOut|getSession"
              + "|getUser"
              + "|getUserById|getClaims|onAuthStateChange|updateUser|updateUserById"
              + "|resetPasswordForEmail"
              + "|setSession|refreshSession|exchangeCodeForSession|verifyOtp|resend|reauthenticate"
              + "|linkIdentity|unlinkIdentity|createUser|deleteUser|listUsers|inviteUserByEmail"
              + "|generateLink|enroll|challenge|verify|unenroll|listFactors"
              + "|challengeAndVerify)\\s*\\(");
  private static final Pattern PROVIDER =
      Pattern.compile(
          "(?:signInWithOAuth|signInWithIdToken|linkIdentity)\\s*\\(\\s*"
              + "(?:\\{(?:[^{}]|\\{[^{}]{0,200}\\}){0,200}?\\bprovider\\s*:\\s*)?"
              + "['\"]([a-z][a-z0-9_:-]{0,63})['\"]");
  private static final Pattern FROM =
      Pattern.compile(
          "(\\.\\s*storage\\s*)?(?<!Array|Buffer|Uint8Array|Date)"
              + "\\.\\s*from\\s*(?:<[^>(]{0,300}+>)?\\(\\s*+(['\"`])([\\w.-]+)\\2");
  private static final Pattern RPC =
      Pattern.compile("\\.\\s*rpc\\s*+(?:<[^(]{0,300}>)?\\(\\s*+(['\"`])(\\w+)\\1");
  private static final Pattern STORAGE =
      Pattern.compile(
          "\\.\\s*+storage\\s*+\\.\\s*+(?:from\\s*+\\([^)]{0,300}+\\)\\s*+\\.\\s*+)?"
              + "(upload|update|download|remove"
              + "|list|move|copy|getPublicUrl|createSignedUrls?|createSignedUploadUrl"
              + "|uploadToSignedUrl"
              + "|createBucket|listBuckets|getBucket|info|exists)\\s*\\(");
  private static final Pattern REALTIME =
      Pattern.compile("\\.on\\s*\\(\\s*['\"](postgres_changes|broadcast|presence)['\"]");
  private static final Pattern INVOKE =
      Pattern.compile(
          "functions\\s*+\\.\\s*+invoke\\s*+(?:<[^(]{0,300}>)?\\(\\s*+['\"`]([\\w-]+)"
              + "|/functions/v1/([\\w-]+)");
  private static final Pattern SERVER_FUNCTION = Pattern.compile("\\bcreateServerFn\\s*\\(");
  private static final Map<String, Pattern> VENDOR_SERVICES =
      Map.of(
          "Lovable sign-in broker",
              Pattern.compile("@lovable\\.dev/cloud-auth-js|/~oauth/initiate"),
          "Lovable AI gateway", Pattern.compile("ai\\.gateway\\.lovable\\.dev"),
          "Lovable connectors", Pattern.compile("connector-gateway\\.lovable\\.dev"),
          "Lovable e-mail", Pattern.compile("LOVABLE_SEND_URL|@lovable\\.dev/email-js"),
          "Base44 backend", Pattern.compile("@base44/sdk"));

  private final Map<String, Integer> auth = new TreeMap<>();
  private final Map<String, Integer> providers = new TreeMap<>();
  private final Map<String, Integer> tables = new TreeMap<>();
  private final Map<String, Integer> rpcs = new TreeMap<>();
  private final Map<String, Integer> storage = new TreeMap<>();
  private final Map<String, Integer> buckets = new TreeMap<>();
  private final Map<String, Integer> realtime = new TreeMap<>();
  private final Map<String, Integer> invokes = new TreeMap<>();
  private final Map<String, Integer> vendor = new TreeMap<>();
  private int serverFunctions;

  private FeatureDetector() {}

  static Features detect(Sources sources) {
    var detector = new FeatureDetector();
    sources.shipped().forEach(detector::count);
    sources.shipped().forEach(detector::vendorServices);
    sources.codes(CodeArea::isFunction).forEach(detector::vendorServices);
    long assets = sources.paths(p -> p.endsWith(".asset.json")).size();
    if (assets > 0) {
      detector.vendor.put("Lovable assets", (int) assets);
    }
    return detector.features();
  }

  private void count(CodeText code) {
    for (var m : code.all(AUTH)) {
      add(auth, (m.group(1) == null ? "" : m.group(1) + ".") + m.group(2));
    }
    code.all(PROVIDER).forEach(m -> add(providers, m.group(1)));
    for (var m : code.all(FROM)) {
      add(m.group(1) == null ? tables : buckets, m.group(3));
    }
    code.all(RPC).forEach(m -> add(rpcs, m.group(2)));
    code.all(STORAGE).forEach(m -> add(storage, m.group(1)));
    code.all(REALTIME).forEach(m -> add(realtime, m.group(1)));
    code.all(INVOKE).forEach(m -> add(invokes, m.group(1) == null ? m.group(2) : m.group(1)));
    serverFunctions += code.all(SERVER_FUNCTION).size();
  }

  private void vendorServices(CodeText code) {
    VENDOR_SERVICES.forEach((name, pattern) -> code.all(pattern).forEach(m -> add(vendor, name)));
  }

  private static void add(Map<String, Integer> counts, String name) {
    counts.merge(name, 1, Integer::sum);
  }

  private Features features() {
    return new Features(
        sorted(auth),
        sorted(providers),
        sorted(tables),
        sorted(rpcs),
        sorted(storage),
        sorted(buckets),
        sorted(realtime),
        sorted(invokes),
        serverFunctions,
        sorted(vendor));
  }

  private static List<Count> sorted(Map<String, Integer> counts) {
    return counts.entrySet().stream()
        .map(e -> new Count(e.getKey(), e.getValue()))
        .sorted(Comparator.comparingInt((Count c) -> -c.uses()).thenComparing(Count::name))
        .toList();
  }
}
