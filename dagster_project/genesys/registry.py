"""Every report that can be read, by the name of its landing folder."""

from __future__ import annotations

from dagster_project.genesys import (
    appfoundry_usage,
    billable_usage,
    concurrent_usage,
    devices,
    login_sessions,
    org_users,
    payments,
    phone_numbers,
    resources_usage,
    user_hours,
    vendor_invoice,
    voice_usage,
)
from dagster_project.genesys.report import Report

REPORTS: dict[str, Report] = {
    module.REPORT.name: module.REPORT
    for module in (
        billable_usage,
        voice_usage,
        concurrent_usage,
        resources_usage,
        user_hours,
        login_sessions,
        appfoundry_usage,
        phone_numbers,
        devices,
        org_users,
        vendor_invoice,
        payments,
    )
}
