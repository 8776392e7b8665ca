// SPDX-License-Identifier: Apache-2.0
using System.Text;
using CrioCredentialProvider.Diagnostics;
using CrioCredentialProvider.PullRecords;
using CrioCredentialProvider.Response;
using CrioCredentialProvider.Tests.AuthFile;

namespace CrioCredentialProvider.Tests.Response;

public sealed class ResponseWriterTests
{
    [Fact]
    public void The_answer_is_the_one_that_no_kubelet_caches()
    {
        using var stdout = new MemoryStream();
        ResponseWriter.Write(stdout, "credentialprovider.kubelet.k8s.io/v1", recordedImage: null);
        Assert.Equal(
            """{"kind":"CredentialProviderResponse","apiVersion":"credentialprovider.kubelet.k8s.io/v1","cacheKeyType":"Image","cacheDuration":"0s"}"""
                + "\n",
            Encoding.UTF8.GetString(stdout.ToArray())
        );
    }

    [Fact]
    public void With_an_image_the_kubelet_records_the_service_account_of_the_pull() =>
        Assert.Equal(
            """{"kind":"CredentialProviderResponse","apiVersion":"credentialprovider.kubelet.k8s.io/v1","cacheKeyType":"Image","cacheDuration":"0s","auth":{"quay.io:5000/a/b":{"username":"","password":""}}}"""
                + "\n",
            Encoding.UTF8.GetString(
                ResponseWriter.Format(
                    "credentialprovider.kubelet.k8s.io/v1",
                    HandOverWorld.Repository("quay.io:5000/a/b")
                )
            )
        );

    [Theory]
    [InlineData(true, true, "ServiceAccount")]
    [InlineData(true, false, "EveryPodOfNode")]
    [InlineData(false, true, "EveryPodOfNode")]
    [InlineData(false, false, "EveryPodOfNode")]
    public void What_the_kubelet_will_record_depends_on_the_option_and_on_the_file(
        bool isOn,
        bool writesFile,
        string recorded
    ) => Assert.Equal(recorded, AccessRecord.Of(isOn, writesFile).ToString());

    [Fact]
    public void The_answer_repeats_the_version_of_the_request() =>
        Assert.Contains(
            "\"apiVersion\":\"credentialprovider.kubelet.k8s.io/v1beta1\"",
            Encoding.UTF8.GetString(ResponseWriter.Format("credentialprovider.kubelet.k8s.io/v1beta1", null)),
            StringComparison.Ordinal
        );

    [Fact]
    public void A_full_stdout_is_a_failure()
    {
        using var full = new FileStream(
            "/dev/full",
            FileMode.Open,
            FileAccess.Write,
            FileShare.ReadWrite,
            bufferSize: 0
        );
        var e = Assert.Throws<ProviderException>(() => ResponseWriter.Write(full, "v", null));
        Assert.Equal(Reasons.ResponseNotWritten, e.Reason);
    }
}
