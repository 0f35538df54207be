using System.Globalization;

namespace Amnion.Guard.Output.Secrets;

/// <summary>The rules for key formats, as data. Sources: the issuers' own documents of their token formats.</summary>
static class SecretRules
{
    /// <summary>One rule a line: id, prefix, body, shortest, longest (0 without bound), entropy; a '*' at the end where the prefix may stand inside a word.</summary>
    const string Formats = """
        aws.access-key AKIA A-Z2-7 16 16 3
        aws.access-key A3T A-Z0-9 17 17 3
        aws.access-key ASIA A-Z2-7 16 16 3
        aws.access-key ABIA A-Z2-7 16 16 3
        aws.access-key ACCA A-Z2-7 16 16 3
        aws.bedrock-key ABSK A-Za-z0-9+/= 109 0 3
        aws.bedrock-key bedrock-api-key- A-Za-z0-9+/= 16 0 3
        gcp.api-key AIza A-Za-z0-9_- 35 35 3.5
        gcp.oauth-secret GOCSPX- A-Za-z0-9_- 28 28 3
        gcp.oauth-token ya29. A-Za-z0-9._- 30 0 3.5
        azure.sas sig= A-Za-z0-9%+/= 40 0 3.5
        azure.client-secret Q~ A-Za-z0-9_~.- 31 34 3.5 *
        azure.teams-webhook .webhook.office.com/webhookb2/ A-Za-z0-9@/- 60 0 3 *
        intra42.secret s-s4t2ud- a-f0-9 64 64 3
        intra42.secret s-s4t2af- a-f0-9 64 64 3
        github.token ghp_ A-Za-z0-9 36 0 3 *
        github.token gho_ A-Za-z0-9 36 0 3 *
        github.token ghu_ A-Za-z0-9 36 0 3 *
        github.token ghs_ A-Za-z0-9 36 0 3 *
        github.token ghr_ A-Za-z0-9 36 0 3 *
        github.token github_pat_ A-Za-z0-9_ 50 0 3 *
        gitlab.token glpat- A-Za-z0-9_.- 20 0 3 *
        gitlab.token glptt- 0-9a-f 40 0 3 *
        gitlab.token glrt- A-Za-z0-9_.- 20 0 3 *
        gitlab.token gldt- A-Za-z0-9_- 20 0 3 *
        gitlab.token glcbt- A-Za-z0-9_- 21 0 3 *
        gitlab.token glft- A-Za-z0-9_- 20 0 3 *
        gitlab.token glffct- A-Za-z0-9_- 20 0 3 *
        gitlab.token glimt- A-Za-z0-9_- 25 0 3 *
        gitlab.token glagent- A-Za-z0-9_- 50 0 3 *
        gitlab.token gloas- A-Za-z0-9_- 64 0 3 *
        gitlab.token glsoat- A-Za-z0-9_- 20 0 3 *
        gitlab.token GR1348941 A-Za-z0-9_- 20 0 3 *
        gitlab.session _gitlab_session= 0-9a-z 32 0 3 *
        slack.token xoxb- A-Za-z0-9- 20 0 2.5 *
        slack.token xoxp- A-Za-z0-9- 20 0 2.5 *
        slack.token xoxa- A-Za-z0-9- 8 0 2.5 *
        slack.token xoxr- A-Za-z0-9- 8 0 2.5 *
        slack.token xoxs- A-Za-z0-9- 12 0 2.5 *
        slack.token xoxo- A-Za-z0-9- 12 0 2.5 *
        slack.token xoxe- A-Za-z0-9- 20 0 2.5 *
        slack.token xoxe.xoxb- A-Za-z0-9- 20 0 2.5 *
        slack.token xoxe.xoxp- A-Za-z0-9- 20 0 2.5 *
        slack.token xapp- A-Za-z0-9- 16 0 2.5 *
        slack.webhook hooks.slack.com/services/ A-Za-z0-9+/ 40 0 3 *
        slack.webhook hooks.slack.com/workflows/ A-Za-z0-9+/ 40 0 3 *
        slack.webhook hooks.slack.com/triggers/ A-Za-z0-9+/ 40 0 3 *
        stripe.key sk_live_ A-Za-z0-9 10 0 2.5
        stripe.key sk_test_ A-Za-z0-9 10 0 2.5
        stripe.key sk_prod_ A-Za-z0-9 10 0 2.5
        stripe.key rk_live_ A-Za-z0-9 10 0 2.5
        stripe.key rk_test_ A-Za-z0-9 10 0 2.5
        stripe.key rk_prod_ A-Za-z0-9 10 0 2.5
        stripe.webhook whsec_ A-Za-z0-9+/= 24 0 3
        openai.key sk-proj- A-Za-z0-9_- 40 0 3.5
        openai.key sk-svcacct- A-Za-z0-9_- 40 0 3.5
        openai.key sk-admin- A-Za-z0-9_- 40 0 3.5
        openai.key sk- A-Za-z0-9 32 0 3.5
        anthropic.key sk-ant- A-Za-z0-9_- 40 0 3.5
        huggingface.token hf_ A-Za-z0-9 30 0 3
        huggingface.token api_org_ A-Za-z 34 34 2
        replicate.token r8_ A-Za-z0-9 37 37 3
        groq.key gsk_ A-Za-z0-9 40 0 3
        perplexity.key pplx- A-Za-z0-9 48 48 4
        npm.token npm_ A-Za-z0-9 36 36 3
        pypi.token pypi-AgEIcHlwaS5vcmc A-Za-z0-9_- 50 0 3 *
        rubygems.token rubygems_ a-f0-9 48 48 2
        nuget.key oy2 a-z0-9 43 43 3
        docker.token dckr_pat_ A-Za-z0-9_- 27 0 3
        digitalocean.token dop_v1_ a-f0-9 64 64 3
        digitalocean.token doo_v1_ a-f0-9 64 64 3
        digitalocean.token dor_v1_ a-f0-9 64 64 3
        databricks.token dapi a-f0-9- 32 34 3
        hashicorp.vault hvs. A-Za-z0-9_- 24 0 3.5
        hashicorp.vault hvb. A-Za-z0-9_- 100 0 3.5
        hashicorp.vault hvr. A-Za-z0-9_- 24 0 3.5
        hashicorp.vault s. A-Za-z0-9 24 24 3.8
        hashicorp.terraform .atlasv1. A-Za-z0-9_=- 60 0 3.5 *
        doppler.token dp.pt. A-Za-z0-9 43 0 2 *
        dynatrace.token dt0c01. A-Za-z0-9. 80 0 4 *
        grafana.token glc_ A-Za-z0-9+/= 32 0 3
        grafana.token glsa_ A-Za-z0-9_ 40 0 3
        grafana.token eyJrIjoi A-Za-z0-9= 70 0 3
        sendgrid.key SG. A-Za-z0-9=_.- 66 66 2
        sendinblue.key xkeysib- a-zA-Z0-9- 81 81 2
        mailchimp.mandrill md- A-Za-z0-9_- 22 22 3.5
        twilio.key SK 0-9a-fA-F 32 32 3
        shopify.token shpat_ a-fA-F0-9 32 0 2 *
        shopify.token shpca_ a-fA-F0-9 32 0 2 *
        shopify.token shppa_ a-fA-F0-9 32 0 2 *
        shopify.token shpss_ a-fA-F0-9 32 0 2 *
        square.token sq0atp- A-Za-z0-9_- 22 0 2
        square.token sq0csp- A-Za-z0-9_- 43 0 2
        square.token EAAA A-Za-z0-9_- 22 60 3
        facebook.token EAAM A-Za-z0-9 100 0 3.5
        facebook.token EAAC A-Za-z0-9 100 0 3.5
        telegram.token :AA A-Za-z0-9_- 33 33 3.5 *
        planetscale.token pscale_tkn_ A-Za-z0-9=._- 32 0 3
        planetscale.token pscale_oauth_ A-Za-z0-9=._- 32 0 3
        planetscale.token pscale_pw_ A-Za-z0-9=._- 32 0 3
        postman.key PMAK- a-fA-F0-9- 59 59 3
        prefect.key pnu_ A-Za-z0-9 36 36 2
        pulumi.token pul- a-f0-9 40 40 2
        readme.key rdme_ a-z0-9 70 70 2
        sentry.token sntryu_ a-f0-9 64 64 3
        sentry.token sntrys_ A-Za-z0-9+/=_ 60 0 3.5
        linear.key lin_api_ A-Za-z0-9 40 0 2 *
        notion.token ntn_ A-Za-z0-9 46 46 3.5
        newrelic.key NRAK- A-Za-z0-9 27 27 3 *
        newrelic.key NRII- A-Za-z0-9- 32 32 3 *
        newrelic.key NRJS- a-f0-9 19 19 2.5 *
        alibaba.key LTAI A-Za-z0-9 20 20 3
        tencent.key AKID A-Za-z0-9 32 32 3
        adobe.secret p8e- A-Za-z0-9 32 32 2
        airtable.token pat A-Za-z0-9. 79 79 3.5
        artifactory.key AKCp A-Za-z0-9 69 69 4
        artifactory.token cmVmd A-Za-z0-9 59 59 4
        age.key AGE-SECRET-KEY-1 A-Z0-9 58 58 3 *
        onepassword.key A3- A-Z0-9- 28 40 3.5
        onepassword.token ops_eyJ A-Za-z0-9+/= 100 0 4
        asana.token asana_pat_ A-Za-z0-9 32 0 3
        atlassian.token ATATT3 A-Za-z0-9_=- 100 0 3.5
        clickhouse.key 4b1d A-Za-z0-9 38 38 3
        clojars.token CLOJARS_ A-Za-z0-9 60 60 2 *
        cloudflare.origin-key v1.0- a-f0-9- 171 171 2
        discord.webhook discord.com/api/webhooks/ A-Za-z0-9_/- 60 0 3.5 *
        duffel.token duffel_live_ A-Za-z0-9_=- 43 0 2 *
        duffel.token duffel_test_ A-Za-z0-9_=- 43 0 2 *
        easypost.key EZAK A-Za-z0-9 54 54 2
        easypost.key EZTK A-Za-z0-9 54 54 2
        flutterwave.key FLWSECK_TEST- a-hA-H0-9X- 12 0 2 *
        flutterwave.key FLWSECK- a-hA-H0-9X- 12 0 2 *
        flutterwave.key FLWPUBK_TEST- a-hA-H0-9X- 12 0 2 *
        flyio.token fo1_ A-Za-z0-9_- 43 43 3.5
        flyio.token fm2_ A-Za-z0-9+/= 100 0 4
        flyio.token fm1r_ A-Za-z0-9+/= 100 0 4
        flyio.token fm1a_ A-Za-z0-9+/= 100 0 4
        frameio.token fio-u- A-Za-z0-9_=- 64 0 2 *
        gocardless.token live_ A-Za-z0-9_=- 40 0 3.5
        harness.key pat. A-Za-z0-9_.- 68 68 3.5 *
        harness.key sat. A-Za-z0-9_.- 68 68 3.5 *
        heroku.key HRKU-AA A-Za-z0-9_- 58 58 3.5
        infracost.key ico- A-Za-z0-9 32 32 3
        jfrog.key jfrt@ A-Za-z0-9 40 0 3
        lob.key live_ a-f0-9 35 35 2
        lob.key test_ a-f0-9 35 35 2
        mapbox.token pk.eyJ A-Za-z0-9_.- 60 0 3.5
        mapbox.token sk.eyJ A-Za-z0-9_.- 60 0 3.5
        mailgun.key key- a-f0-9 32 32 3
        mailgun.key pubkey- a-f0-9 32 32 3
        octopus.key API- A-Z0-9 26 26 3
        openshift.token sha256~ A-Za-z0-9_- 43 43 3.5
        scalingo.token tk-us- A-Za-z0-9_- 48 48 2
        settlemint.token sm_aat_ A-Za-z0-9 16 16 2.5
        settlemint.token sm_pat_ A-Za-z0-9 16 16 2.5
        settlemint.token sm_sat_ A-Za-z0-9 16 16 2.5
        shippo.token shippo_live_ a-fA-F0-9 40 40 2
        shippo.token shippo_test_ a-fA-F0-9 40 40 2
        sourcegraph.token sgp_ a-zA-Z0-9_ 40 60 3
        supabase.token sbp_ a-f0-9 40 40 3
        typeform.token tfp_ A-Za-z0-9_.=- 59 59 2
        yandex.key AQVN A-Za-z0-9_- 35 38 3.5
        dropbox.token sl. A-Za-z0-9_=- 135 0 3.5
        dnkey.token dnkey- a-z0-9=_- 79 79 3
        http.bearer Bearer§ A-Za-z0-9._~+/=- 24 0 3.5
        linkedin.token AQV A-Za-z0-9_- 100 0 3.5
        """;

    /// <summary>All rules.</summary>
    public static IReadOnlyList<SecretRule> All { get; } = Read();

    static List<SecretRule> Read()
    {
        var rules = new List<SecretRule>();
        foreach (var line in Formats.Split('\n'))
        {
            var part = line.Split(' ', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
            rules.Add(new SecretRule("secret." + part[0], part[1].Replace('§', ' '), new CharacterSet(part[2]), int.Parse(part[3], CultureInfo.InvariantCulture), int.Parse(part[4], CultureInfo.InvariantCulture), double.Parse(part[5], CultureInfo.InvariantCulture), part.Length > 6));
        }

        return rules;
    }
}
