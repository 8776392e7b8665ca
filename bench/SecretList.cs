// SPDX-License-Identifier: Apache-2.0
using System.Text;

namespace Bench;

/// <summary>Pull secrets as <c>kubectl create secret docker-registry</c> makes them, about 700 bytes each.</summary>
internal static class SecretList
{
    public const string Mirror = "localhost:5000";

    /// <summary>
    /// One page of a list, in the API server's format. Only the secret in the middle of the whole list matches the
    /// mirror.
    /// </summary>
    public static byte[] Json(int start, int end, int total)
    {
        var text = new StringBuilder(
            "{\"kind\":\"SecretList\",\"apiVersion\":\"v1\",\"metadata\":{\"resourceVersion\":\"557\""
        );
        if (end < total)
        {
            text.Append($",\"continue\":\"{end}\",\"remainingItemCount\":{total - end}");
        }

        text.Append("},\"items\":[");
        for (var i = start; i < end; i++)
        {
            text.Append(i > start ? "," : "")
                .Append(Item(i, i == total / 2 ? Mirror : $"registry-{i:00000}.example.com"));
        }

        return Encoding.ASCII.GetBytes(text.Append("]}\n").ToString());
    }

    private static string Item(int number, string registry)
    {
        var password = $"password-{number:00000}";
        var auth = Base64($"robot:{password}");
        var config = Base64(
            $$$$"""{"auths":{"{{{{registry}}}}":{"username":"robot","password":"{{{{password}}}}","auth":"{{{{auth}}}}"}}}"""
        );
        return $$$$"""{"metadata":{"name":"pull-{{{{number:00000}}}}","namespace":"default","uid":"2b0e9d7c-6d0c-4f3c-9a55-{{{{number:000000000000}}}}","resourceVersion":"540","creationTimestamp":"2026-11-23T10:00:00Z","managedFields":[{"manager":"kubectl-create","operation":"Update","apiVersion":"v1","time":"2026-11-23T10:00:00Z","fieldsType":"FieldsV1","fieldsV1":{"f:data":{".":{},"f:.dockerconfigjson":{}},"f:type":{}}}]},"data":{".dockerconfigjson":"{{{{config}}}}"},"type":"kubernetes.io/dockerconfigjson"}""";
    }

    private static string Base64(string text) => Convert.ToBase64String(Encoding.UTF8.GetBytes(text));
}
