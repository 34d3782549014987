package dev.freehold.backend.supabase.mail;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.freehold.backend.supabase.auth.AuthMail;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class MailTemplatesTest {
  private static final Map<String, Object> VARIABLES =
      Map.of(
          "ConfirmationURL", "https://shop.example.com/auth/v1/verify?token=t&type=signup",
          "Token", "123456",
          "TokenHash", "pkce_ab/c",
          "SiteURL", "https://shop.example.com",
          "RedirectTo", "https://shop.example.com/a b?x=1&y=2",
          "Email", "ada@example.com",
          "Data", Map.of("name", "Ada <b>\"L\"</b>", "plan", "pro", "tags", List.of("a", "b")));

  @ParameterizedTest
  @CsvSource(
      delimiter = '~',
      ignoreLeadingAndTrailingWhitespace = false,
      value = {
        "{{ .Token }}~123456",
        "{{.Data.name}}~Ada &lt;b&gt;&#34;L&#34;&lt;/b&gt;",
        "{{ .Data.absent }}!{{ .Nothing.at.all }}~!",
        "a {{- .Token -}} b~a123456b",
        "{{/* not shown */}}x~x",
        "{{ if .Data.plan }}yes{{ else }}no{{ end }}~yes",
        "{{ if eq .Data.plan \"free\" }}f{{ else if eq .Data.plan \"pro\" }}p{{ else }}n{{ end"
            + " }}~p",
        "{{ if and .Token (not .Data.absent) }}both{{ end }}~both",
        "{{ if or .Data.absent (ne .Token \"1\") }}one{{ end }}~one",
        "{{ index .Data \"plan\" }}{{ len .Token }}~pro6",
        "{{ .Email | urlquery }}~ada%40example.com",
        "<a href=\"{{ .ConfirmationURL }}\">~<a"
            + " href=\"https://shop.example.com/auth/v1/verify?token=t&amp;type=signup\">",
        "<a href='{{ .SiteURL }}/ok?token_hash={{ .TokenHash }}&next={{ .RedirectTo }}'>~<a"
            + " href='https://shop.example.com/ok?token_hash=pkce_ab%2fc&next=https%3a%2f%2f"
            + "shop.example.com%2fa%20b%3fx%3d1%26y%3d2'>",
        "<p title=\"{{ .Data.name }}\">~<p title=\"Ada &lt;b&gt;&#34;L&#34;&lt;/b&gt;\">",
        "<script>var a = {{ .Token }};</script>{{ .Token }}~<script>var a ="
            + " ZgotmplZ;</script>123456",
        "<p onclick=\"{{ .Token }}\">~<p onclick=\"ZgotmplZ\">",
      })
  void aTemplateIsWrittenAsGoWritesIt(String template, String expected) {
    var output = new HtmlOutput();
    GoTemplate.parse(template).render(VARIABLES, output);
    assertThat(output.html()).isEqualTo(expected);
  }

  @Test
  void aValueCannotBecomeAScriptsAddress() {
    var output = new HtmlOutput();
    GoTemplate.parse("<a href=\"{{ .RedirectTo }}\">")
        .render(Map.of("RedirectTo", "javascript:alert(1)"), output);
    assertThat(output.html()).isEqualTo("<a href=\"#ZgotmplZ\">");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{{ range .Data.tags }}x{{ end }}",
        "{{ if .A }}",
        "{{ end }}",
        "{{ .A",
        "{{ printf \"%s\" .A }}",
        "{{ $x := 1 }}",
        "{{ eq .A }}"
      })
  void whatIsNotUnderstoodIsRefusedWhenItIsRead(String template) {
    assertThatThrownBy(() -> GoTemplate.parse(template))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "signup",
        "invite",
        "magiclink",
        "recovery",
        "email_change",
        "reauthentication",
        "password_changed_notification",
        "email_changed_notification",
        "phone_changed_notification",
        "identity_linked_notification",
        "identity_unlinked_notification",
        "mfa_factor_enrolled_notification",
        "mfa_factor_unenrolled_notification"
      })
  void everyMailHasItsWordsInBothForms(String action) {
    var letter = MailTemplates.usual().letter(mail(action));
    assertThat(letter.subject()).isNotEmpty().doesNotContain("{{", "\n");
    assertThat(letter.html()).contains("<html>").doesNotContain("{{", "ZgotmplZ");
    assertThat(letter.text()).isNotBlank().doesNotContain("<", "&amp;", "{{");
    if (List.of("signup", "invite", "magiclink", "recovery", "email_change").contains(action)) {
      assertThat(letter.text()).contains((String) VARIABLES.get("ConfirmationURL"), "123456");
    }
  }

  @Test
  void anAppsOwnWordsStandOverOursAndBrokenOnesAreNamed() {
    var templates =
        MailTemplates.with(
            Map.of(
                "confirmation",
                new MailTemplates.Own("Hello {{ .Data.name }}\nBcc: x@example.com", ""),
                "recovery",
                new MailTemplates.Own("", "{{ range .Data }}{{ end }}"),
                "nonsense",
                new MailTemplates.Own("", "")));

    assertThat(templates.letter(mail("signup")).subject())
        .isEqualTo("Hello Ada <b>\"L\"</b> Bcc: x@example.com");
    assertThat(templates.letter(mail("recovery")).html()).contains("Choose a new password");
    assertThat(templates.refused())
        .hasSize(2)
        .anyMatch(why -> why.startsWith("recovery: {{ range }} is not supported"))
        .anyMatch(why -> why.startsWith("nonsense: "));
  }

  static AuthMail mail(String action) {
    return new AuthMail(
        Instant.parse("2026-11-21T03:00:00Z"),
        action,
        "ada@example.com",
        "123456",
        "hash",
        "https://shop.example.com/auth/v1/verify?token=t",
        "https://shop.example.com",
        VARIABLES);
  }
}
